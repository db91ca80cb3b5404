"""A layer that is the fixed point z = f(θ, z) of another, differentiated by the implicit function theorem."""

from functools import partial

import jax
import jax.numpy as jnp


def fwd_solver(f, z_init, tol=1e-6, max_iter=100):
    def cond_fun(carry):
        z_prev, z, step = carry
        return (jnp.linalg.norm(z_prev - z) > tol) & (step < max_iter)

    def body_fun(carry):
        _, z, step = carry
        return z, f(z), step + 1

    _, z_star, _ = jax.lax.while_loop(cond_fun, body_fun, (z_init, f(z_init), 0))
    return z_star


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def fixed_point_layer(f, params, x):
    return fwd_solver(lambda z: f(params, x, z), z_init=jnp.zeros_like(x))


def fixed_point_layer_fwd(f, params, x):
    z_star = fixed_point_layer(f, params, x)
    return z_star, (params, x, z_star)


def fixed_point_layer_bwd(f, res, z_star_bar):
    params, x, z_star = res
    _, vjp_a = jax.vjp(lambda params, x: f(params, x, z_star), params, x)
    _, vjp_z = jax.vjp(lambda z: f(params, x, z), z_star)
    u = fwd_solver(lambda u: vjp_z(u)[0] + z_star_bar, z_init=jnp.zeros_like(z_star))
    return vjp_a(u)


fixed_point_layer.defvjp(fixed_point_layer_fwd, fixed_point_layer_bwd)


@jax.jit
def deq(w, x):
    """w (D, D), x (N, D)"""
    return fixed_point_layer(lambda w, x, z: jnp.tanh(0.3 * z @ w + x), w, x)

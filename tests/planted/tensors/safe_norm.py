"""Norms of rows whose gradient at 0 is 0, as optimisers and neural rotations need it."""

import jax
import jax.numpy as jnp


@jax.custom_vjp
def safe_norm(x):
    return jnp.sqrt(jnp.sum(x * x, axis=-1))


def safe_norm_fwd(x):
    norm = safe_norm(x)
    return norm, (x, norm)


def safe_norm_bwd(res, g):
    x, norm = res
    is_zero = norm == 0
    scale = jnp.where(is_zero, 0.0, g / jnp.where(is_zero, 1.0, norm))
    return (scale[..., None] * x,)


safe_norm.defvjp(safe_norm_fwd, safe_norm_bwd)


def normalize(x):
    return x / (1e-6 + safe_norm(x)[..., None])

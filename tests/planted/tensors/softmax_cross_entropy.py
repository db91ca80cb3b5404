"""Cross entropy with integer labels and a z-loss, which keeps the normaliser near 1: (loss, z-loss), each (batch,)."""

import jax
import jax.numpy as jnp
import numpy as np


@jax.custom_vjp
def cross_entropy_with_logits(logits, labels, z_loss=1e-2):
    return _fwd(logits, labels, z_loss)[0]


def _fwd(logits, labels, z_loss=1e-2):
    max_logit = logits.max(axis=-1, keepdims=True)
    shifted = logits - max_logit
    exp_shifted = jnp.exp(shifted)
    sum_exp = jnp.sum(exp_shifted, axis=-1, keepdims=True)
    log_softmax = shifted - jnp.log(sum_exp)
    picked = jnp.take_along_axis(log_softmax, labels[..., None], axis=-1)[..., 0]
    log_z = jnp.squeeze(jnp.log(sum_exp) + max_logit, axis=-1)
    total_z_loss = z_loss * jax.lax.square(log_z)
    loss = total_z_loss - picked
    return (loss, total_z_loss), (labels, z_loss, exp_shifted, sum_exp, log_z)


def _bwd(res, g):
    g, g_z = g
    labels, z_loss, exp_shifted, sum_exp, log_z = res
    p = exp_shifted / sum_exp
    one_hot = jax.nn.one_hot(labels, p.shape[-1], dtype=p.dtype)
    d_z = 2 * z_loss * log_z
    g_logits = g[..., None] * (p - one_hot) + ((g + g_z) * d_z)[..., None] * p
    return g_logits, np.zeros(labels.shape, jax.dtypes.float0), jnp.sum((g + g_z) * jax.lax.square(log_z))


cross_entropy_with_logits.defvjp(_fwd, _bwd)


def loss(logits, labels, ignore_index=-1):
    keep = labels != ignore_index
    each, _ = cross_entropy_with_logits(logits, jnp.where(keep, labels, 0))
    return jnp.sum(each * keep) / jnp.sum(keep)

"""Normalisation by the root mean square as people write it, one function for each tensor, to be edited by mistakes."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def summed(terms: Array) -> Array:
    """The sum of each column."""
    return np.asarray(terms.sum(axis=tuple(range(terms.ndim - 1))))


def forward(x: Array, gamma: Array, rms_param: Params) -> Array:
    """out, in x's shape."""
    eps = rms_param["eps"]
    ms = (x**2).mean(axis=-1, keepdims=True)
    rms = np.sqrt(ms + eps)
    xhat = x / rms
    return np.asarray(gamma * xhat)


def dx(dout: Array, x: Array, gamma: Array, rms_param: Params) -> Array:
    """dx, in x's shape, in one formula."""
    eps, D = rms_param["eps"], x.shape[-1]
    ms = (x**2).mean(axis=-1, keepdims=True)
    rms = np.sqrt(ms + eps)
    xhat = x / rms
    dxhat = dout * gamma
    through_ms = xhat * (dxhat * xhat).sum(axis=-1, keepdims=True) / D
    return np.asarray((dxhat - through_ms) / rms)


def dx_by_stage(dout: Array, x: Array, gamma: Array, rms_param: Params) -> Array:
    """The same, stage by stage, as the chain rule goes."""
    eps, D = rms_param["eps"], x.shape[-1]
    ms = (x**2).mean(axis=-1, keepdims=True)
    rms = np.sqrt(ms + eps)
    dxhat = dout * gamma
    dms = (dxhat * x * -0.5 * (ms + eps) ** -1.5).sum(axis=-1, keepdims=True)
    return np.asarray(dxhat / rms + dms * 2 * x / D)


def dgamma(dout: Array, x: Array, gamma: Array, rms_param: Params) -> Array:
    """dgamma, (D,)."""
    eps = rms_param["eps"]
    ms = (x**2).mean(axis=-1, keepdims=True)
    rms = np.sqrt(ms + eps)
    xhat = x / rms
    return summed(dout * xhat)

"""Layer normalisation as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params

# The axes that statistics are over.
OVER = -1


def parted(x: Array, ln_param: Params) -> Array:
    """x with what shares a mean along the axes OVER: the rows that it has."""
    return x


def spread(values: Array) -> Array:
    """What there is for each column, beside x."""
    return values


def summed(terms: Array) -> Array:
    """The sum of each column."""
    return np.asarray(terms.sum(axis=tuple(range(terms.ndim - 1))))


def forward(x: Array, gamma: Array, beta: Array, ln_param: Params) -> Array:
    """out, in x's shape."""
    eps = ln_param["eps"]
    parts = parted(x, ln_param)
    mean = parts.mean(axis=OVER, keepdims=True)
    var = ((parts - mean) ** 2).mean(axis=OVER, keepdims=True)
    std = np.sqrt(var + eps)
    xhat = ((parts - mean) / std).reshape(x.shape)
    return np.asarray(spread(gamma) * xhat + spread(beta))


def dx(dout: Array, x: Array, gamma: Array, beta: Array, ln_param: Params) -> Array:
    """dx, in x's shape, in one formula."""
    eps = ln_param["eps"]
    parts = parted(x, ln_param)
    mean, var = parts.mean(axis=OVER, keepdims=True), parts.var(axis=OVER, keepdims=True)
    count = parts.size / mean.size
    std = np.sqrt(var + eps)
    xhat = (parts - mean) / std
    dxhat = parted(dout * spread(gamma), ln_param)
    through_mean = dxhat.sum(axis=OVER, keepdims=True) / count
    through_var = xhat * (dxhat * xhat).sum(axis=OVER, keepdims=True) / count
    return np.asarray((dxhat - through_mean - through_var) / std).reshape(x.shape)


def dx_by_stage(dout: Array, x: Array, gamma: Array, beta: Array, ln_param: Params) -> Array:
    """The same, stage by stage, as the chain rule goes."""
    eps = ln_param["eps"]
    parts = parted(x, ln_param)
    mean, var = parts.mean(axis=OVER, keepdims=True), parts.var(axis=OVER, keepdims=True)
    count = parts.size / mean.size
    std = np.sqrt(var + eps)
    centred = parts - mean
    dxhat = parted(dout * spread(gamma), ln_param)
    dvar = (dxhat * centred * -0.5 * (var + eps) ** -1.5).sum(axis=OVER, keepdims=True)
    dmean = (-dxhat / std).sum(axis=OVER, keepdims=True) + dvar * (-2 * centred).sum(axis=OVER, keepdims=True) / count
    return np.asarray(dxhat / std + dvar * 2 * centred / count + dmean / count).reshape(x.shape)


def dgamma(dout: Array, x: Array, gamma: Array, beta: Array, ln_param: Params) -> Array:
    """dgamma, in gamma's shape."""
    eps = ln_param["eps"]
    parts = parted(x, ln_param)
    mean, var = parts.mean(axis=OVER, keepdims=True), parts.var(axis=OVER, keepdims=True)
    std = np.sqrt(var + eps)
    xhat = ((parts - mean) / std).reshape(x.shape)
    return summed(dout * xhat)


def dbeta(dout: Array, x: Array, gamma: Array, beta: Array, ln_param: Params) -> Array:
    """dbeta, in beta's shape."""
    return summed(dout)

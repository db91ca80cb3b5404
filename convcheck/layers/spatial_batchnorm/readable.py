"""Spatial batch normalisation, one function for each tensor, of which the layer's mistakes are edits.

The code is that of the columns' batchnorm, for other axes: its mistakes are made here as well.
"""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params

# The axes that statistics are over.
OVER = (0, 2, 3)


def spread(values: Array) -> Array:
    """What there is for each channel, beside x (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)


def forward(x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """out, (N, C, H, W)."""
    eps = bn_param["eps"]
    if bn_param["mode"] == "train":
        mean = x.mean(axis=OVER, keepdims=True)
        var = ((x - mean) ** 2).mean(axis=OVER, keepdims=True)
    else:
        mean, var = spread(bn_param["running_mean"]), spread(bn_param["running_var"])
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    return np.asarray(spread(gamma) * xhat + spread(beta))


def running_mean(x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """The mean that is left in bn_param, (C,)."""
    before, momentum = bn_param["running_mean"], bn_param["momentum"]
    if bn_param["mode"] == "test":
        return np.asarray(before)
    mean = x.mean(axis=OVER)
    return np.asarray(momentum * before + (1 - momentum) * mean)


def running_var(x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """The variance that is left in bn_param, (C,)."""
    before, momentum, eps = bn_param["running_var"], bn_param["momentum"], bn_param["eps"]
    if bn_param["mode"] == "test":
        return np.asarray(before)
    rows = x.size / before.size
    var = x.var(axis=OVER)
    return np.asarray(momentum * before + (1 - momentum) * var)


def dx(dout: Array, x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """dx, (N, C, H, W), in one formula."""
    eps = bn_param["eps"]
    rows = x.size / gamma.size
    if bn_param["mode"] == "test":
        return np.asarray(dout * spread(gamma) / np.sqrt(spread(bn_param["running_var"]) + eps))
    mean, var = x.mean(axis=OVER, keepdims=True), x.var(axis=OVER, keepdims=True)
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    dxhat = dout * spread(gamma)
    through_mean = dxhat.sum(axis=OVER, keepdims=True) / rows
    through_var = xhat * (dxhat * xhat).sum(axis=OVER, keepdims=True) / rows
    return np.asarray((dxhat - through_mean - through_var) / std)


def dx_by_stage(dout: Array, x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """The same, stage by stage, as the chain rule goes."""
    eps = bn_param["eps"]
    rows = x.size / gamma.size
    if bn_param["mode"] == "test":
        return np.asarray(dout * spread(gamma) / np.sqrt(spread(bn_param["running_var"]) + eps))
    mean, var = x.mean(axis=OVER, keepdims=True), x.var(axis=OVER, keepdims=True)
    std = np.sqrt(var + eps)
    centred = x - mean
    dxhat = dout * spread(gamma)
    dvar = (dxhat * centred * -0.5 * (var + eps) ** -1.5).sum(axis=OVER, keepdims=True)
    dmean = (-dxhat / std).sum(axis=OVER, keepdims=True) + dvar * (-2 * centred).sum(axis=OVER, keepdims=True) / rows
    return np.asarray(dxhat / std + dvar * 2 * centred / rows + dmean / rows)


def dgamma(dout: Array, x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """dgamma, (C,)."""
    eps = bn_param["eps"]
    rows = x.size / gamma.size
    mean, var = x.mean(axis=OVER, keepdims=True), x.var(axis=OVER, keepdims=True)
    if bn_param["mode"] == "test":
        mean, var = spread(bn_param["running_mean"]), spread(bn_param["running_var"])
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    return np.asarray((dout * xhat).sum(axis=OVER))


def dbeta(dout: Array, x: Array, gamma: Array, beta: Array, bn_param: Params) -> Array:
    """dbeta, (C,)."""
    rows = x.size / gamma.size
    return np.asarray(dout.sum(axis=OVER))

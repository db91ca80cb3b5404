"""Group normalisation, all groups of all images at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def groupnorm_forward(x: Array, gamma: Array, beta: Array, gn_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), gamma (1, C, 1, 1), beta (1, C, 1, 1) -> out (N, C, H, W), cache. All groups at once."""
    groups = x.reshape(x.shape[0], gn_param["G"], -1)
    mean = groups.mean(axis=2, keepdims=True)
    # Not np.var: of complex numbers it takes |x - mean|², which has no derivative.
    var = ((groups - mean) ** 2).mean(axis=2, keepdims=True)
    ivar = 1 / np.sqrt(var + gn_param["eps"])
    xhat = (groups - mean) * ivar
    return gamma * xhat.reshape(x.shape) + beta, (xhat, gamma, ivar)


def groupnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, C, H, W) -> dx (N, C, H, W), dgamma (1, C, 1, 1), dbeta (1, C, 1, 1). All groups at once."""
    xhat, gamma, ivar = cache
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    dgamma = (dout * xhat.reshape(dout.shape)).sum(axis=(0, 2, 3), keepdims=True)
    dxhat = (dout * gamma).reshape(xhat.shape)
    through_mean = dxhat.mean(axis=2, keepdims=True)
    through_var = xhat * (dxhat * xhat).mean(axis=2, keepdims=True)
    return (ivar * (dxhat - through_mean - through_var)).reshape(dout.shape), dgamma, dbeta

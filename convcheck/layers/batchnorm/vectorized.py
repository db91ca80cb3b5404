"""Batch normalisation, all columns at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.batchnorm.statistics import is_training, update_statistics
from convcheck.layers.layer import Array, Params


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: Params) -> tuple[Array, Any]:
    """x (N, D), gamma (D,), beta (D,) -> out (N, D), cache. All columns at once.

    Raises ValueError if bn_param["mode"] is neither train nor test. Replaces bn_param["running_mean"] and
    bn_param["running_var"] in train mode.
    """
    if is_training(bn_param):
        mean = x.mean(axis=0)
        # Not np.var: of complex numbers it takes |x - mean|², which has no derivative.
        var = ((x - mean) ** 2).mean(axis=0)
        update_statistics(bn_param, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    ivar = 1 / np.sqrt(var + bn_param["eps"])
    xhat = (x - mean) * ivar
    return gamma * xhat + beta, (xhat, gamma, ivar, bn_param)


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, D) -> dx (N, D), dgamma (D,), dbeta (D,). All columns at once."""
    xhat, gamma, ivar, bn_param = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    if bn_param["mode"] == "test":
        return dout * (gamma * ivar), dgamma, dbeta
    N = dout.shape[0]
    dx = gamma * ivar * (dout - dbeta / N - xhat * (dgamma / N))
    return dx, dgamma, dbeta

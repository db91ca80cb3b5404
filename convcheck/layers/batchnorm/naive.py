"""Batch normalisation, one column, and for dx one entry, at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.batchnorm.statistics import is_training, update_statistics
from convcheck.layers.layer import Array, Params


def batchnorm_forward_naive(x: Array, gamma: Array, beta: Array, bn_param: Params) -> tuple[Array, Any]:
    """x (N, D), gamma (D,), beta (D,) -> out (N, D), cache. One column at a time.

    Raises ValueError if bn_param["mode"] is neither train nor test. Replaces bn_param["running_mean"] and
    bn_param["running_var"] in train mode.
    """
    N, D = x.shape
    if is_training(bn_param):
        mean, var = np.zeros((2, D), x.dtype)
        for d in range(D):
            mean[d] = x[:, d].sum() / N
            var[d] = ((x[:, d] - mean[d]) ** 2).sum() / N
        update_statistics(bn_param, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    xhat = np.zeros(x.shape, np.result_type(x, mean))
    out = np.zeros(x.shape, np.result_type(xhat, gamma, beta))
    for d in range(D):
        xhat[:, d] = (x[:, d] - mean[d]) / np.sqrt(var[d] + bn_param["eps"])
        out[:, d] = gamma[d] * xhat[:, d] + beta[d]
    return out, (xhat, gamma, var, bn_param)


def batchnorm_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, D) -> dx (N, D), dgamma (D,), dbeta (D,). One entry at a time."""
    xhat, gamma, var, bn_param = cache
    N, D = dout.shape
    dtype = np.result_type(dout, xhat, gamma)
    dx, dgamma, dbeta = np.zeros((N, D), dtype), np.zeros(D, dtype), np.zeros(D, dout.dtype)
    n_is = np.eye(N, dtype=xhat.dtype)  # 1{n = k}, for every k
    for d in range(D):
        dbeta[d] = dout[:, d].sum()
        dgamma[d] = (dout[:, d] * xhat[:, d]).sum()
        for k in range(N):
            dxhat_dx = n_is[k]  # ∂x̂[n]/∂x[k], times √(var + eps)
            if bn_param["mode"] == "train":
                dxhat_dx = n_is[k] - 1 / N - xhat[:, d] * xhat[k, d] / N
            dx[k, d] = (dout[:, d] * gamma[d] * dxhat_dx).sum() / np.sqrt(var[d] + bn_param["eps"])
    return dx, dgamma, dbeta

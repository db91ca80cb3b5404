"""Layer normalisation, one row, and for dx one entry, at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def layernorm_forward_naive(x: Array, gamma: Array, beta: Array, ln_param: Params) -> tuple[Array, Any]:
    """x (N, D) or any shape with D last, gamma (D,), beta (D,) -> out (x's shape), cache. One row at a time."""
    D = x.shape[-1]
    rows = x.reshape(-1, D)
    mean, var = np.zeros((2, len(rows)), x.dtype)
    xhat = np.zeros(rows.shape, x.dtype)
    out = np.zeros(rows.shape, np.result_type(x, gamma, beta))
    for n in range(len(rows)):
        mean[n] = rows[n].sum() / D
        var[n] = ((rows[n] - mean[n]) ** 2).sum() / D
        xhat[n] = (rows[n] - mean[n]) / np.sqrt(var[n] + ln_param["eps"])
        out[n] = gamma * xhat[n] + beta
    return out.reshape(x.shape), (xhat, gamma, var, ln_param)


def layernorm_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (x's shape) -> dx (the same), dgamma (D,), dbeta (D,). One entry at a time."""
    xhat, gamma, var, ln_param = cache
    rows, D = len(xhat), dout.shape[-1]
    douts = dout.reshape(rows, D)
    dtype = np.result_type(dout, xhat, gamma)
    dx, dgamma, dbeta = np.zeros((rows, D), dtype), np.zeros(D, dtype), np.zeros(D, dout.dtype)
    d_is = np.eye(D, dtype=xhat.dtype)  # 1{d = k}, for every k
    for n in range(rows):
        dbeta += douts[n]
        dgamma += douts[n] * xhat[n]
        for k in range(D):
            dxhat_dx = d_is[k] - 1 / D - xhat[n] * xhat[n, k] / D  # ∂x̂[n,d]/∂x[n,k], times √(var + eps)
            dx[n, k] = (douts[n] * gamma * dxhat_dx).sum() / np.sqrt(var[n] + ln_param["eps"])
    return dx.reshape(dout.shape), dgamma, dbeta

"""Group normalisation, one group of one image, and for dx one entry, at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def groupnorm_forward_naive(x: Array, gamma: Array, beta: Array, gn_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), gamma (1, C, 1, 1), beta (1, C, 1, 1) -> out (N, C, H, W), cache. One group at a time."""
    N, C, _, _ = x.shape
    G = gn_param["G"]
    k = C // G
    var = np.zeros((N, G), x.dtype)
    xhat, out = np.zeros(x.shape, x.dtype), np.zeros(x.shape, np.result_type(x, gamma, beta))
    for n in range(N):
        for g in range(G):
            group = x[n, g * k : (g + 1) * k]
            mean = group.sum() / group.size
            var[n, g] = ((group - mean) ** 2).sum() / group.size
            xhat[n, g * k : (g + 1) * k] = (group - mean) / np.sqrt(var[n, g] + gn_param["eps"])
        for c in range(C):
            out[n, c] = gamma[0, c, 0, 0] * xhat[n, c] + beta[0, c, 0, 0]
    return out, (xhat, gamma, var, gn_param)


def groupnorm_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, C, H, W) -> dx (N, C, H, W), dgamma (1, C, 1, 1), dbeta (1, C, 1, 1). One entry at a time."""
    xhat, gamma, var, gn_param = cache
    N, C, H, W = dout.shape
    G = gn_param["G"]
    k = C // G
    M = k * H * W
    dtype = np.result_type(dout, xhat, gamma)
    dx, dgamma, dbeta = np.zeros(dout.shape, dtype), np.zeros(gamma.shape, dtype), np.zeros(gamma.shape, dout.dtype)
    i_is = np.eye(M, dtype=xhat.dtype)  # 1{i = j}, for every j
    for n in range(N):
        for c in range(C):
            dbeta[0, c, 0, 0] += dout[n, c].sum()
            dgamma[0, c, 0, 0] += (dout[n, c] * xhat[n, c]).sum()
        for g in range(G):
            channels = slice(g * k, (g + 1) * k)
            values, upstream = xhat[n, channels].reshape(M), (dout[n, channels] * gamma[0, channels]).reshape(M)
            gradient = np.zeros(M, dtype)
            for j in range(M):
                dxhat_dx = i_is[j] - 1 / M - values * values[j] / M  # ∂x̂[i]/∂x[j], times √(var + eps)
                gradient[j] = (upstream * dxhat_dx).sum() / np.sqrt(var[n, g] + gn_param["eps"])
            dx[n, channels] = gradient.reshape(k, H, W)
    return dx, dgamma, dbeta

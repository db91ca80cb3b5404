"""Scale normalisation, one row, and for dx one entry, at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params


def scale_norm_forward_naive(x: Array, gain: Array, param: Params) -> tuple[Array, Any]:
    """x (N, D), gain (D,) -> out (N, D), cache."""
    N, D = x.shape
    r = np.zeros(N, x.dtype)
    out = np.zeros((N, D), np.result_type(x, gain))
    for n in range(N):
        r[n] = np.sqrt(np.sum(x[n] * x[n]) / D + param["eps"])
        out[n] = gain * (x[n] / r[n])
    return out, (x, gain, r)


def scale_norm_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (N, D) -> dx (N, D), dgain (D,)."""
    x, gain, r = cache
    N, D = dout.shape
    dx, dgain = np.zeros((N, D), np.result_type(dout, x, gain)), np.zeros(D, np.result_type(dout, x))
    for n in range(N):
        xhat = x[n] / r[n]
        dgain += dout[n] * xhat
        for k in range(D):
            d_is_k = (np.arange(D) == k).astype(x.dtype)
            # ∂x̂[n,d]/∂x[n,k], times r[n]
            dx[n, k] = np.sum(dout[n] * gain * (d_is_k - xhat * xhat[k] / D)) / r[n]
    return dx, dgain

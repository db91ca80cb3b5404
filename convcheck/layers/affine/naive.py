"""The affine layer, one entry at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array


def affine_forward_naive(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x (N, d_1, …, d_k), w (D, M), b (M,) -> out (N, M), cache."""
    N, (D, M) = len(x), w.shape
    rows = x.reshape(N, D)
    out = np.zeros((N, M), np.result_type(x, w, b))
    for n in range(N):
        for m in range(M):
            out[n, m] = b[m]
            for d in range(D):
                out[n, m] += rows[n, d] * w[d, m]
    return out, (x, w)


def affine_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, M) -> dx (N, d_1, …, d_k), dw (D, M), db (M,)."""
    x, w = cache
    N, (D, M) = len(x), w.shape
    rows = x.reshape(N, D)
    dx = np.zeros((N, D), np.result_type(dout, w))
    dw = np.zeros((D, M), np.result_type(dout, x))
    db = np.zeros(M, dout.dtype)
    for n in range(N):
        for m in range(M):
            db[m] += dout[n, m]
            for d in range(D):
                dx[n, d] += dout[n, m] * w[d, m]
                dw[d, m] += rows[n, d] * dout[n, m]
    return dx.reshape(x.shape), dw, db

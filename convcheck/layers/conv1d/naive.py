"""Convolution of sequences by the paper's loops, each sum beside its equation, (1.5) to (1.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import padded, windows_that_fit


def conv1d_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, W), w (F, C, W1), b (F,) -> out (N, F, W2), cache. Eq. (1.5)."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, _, W = x.shape
    F, _, W1 = w.shape
    W2 = windows_that_fit(W + 2 * pad, W1, S)  # (1.2)
    x_pad = padded(x, pad)
    out = np.zeros((N, F, W2), np.result_type(x, w, b))
    for n in range(N):
        for f in range(F):
            for w_ in range(W2):
                window = x_pad[n, :, w_ * S : w_ * S + W1]
                out[n, f, w_] = (w[f] * window).sum() + b[f]  # (1.5)
    return out, (x, w, conv_param)


def conv1d_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, W2) -> dx (N, C, W), dw (F, C, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, W = x.shape
    F, _, W1 = w.shape
    W2 = dout.shape[2]
    x_pad = padded(x, pad)
    db = np.sum(dout, axis=(0, 2))  # (1.6)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    for f1 in range(F):
        for c1 in range(C):
            for w1 in range(W1):
                read = x_pad[:, c1, w1 : w1 + W2 * S : S]
                dw[f1, c1, w1] = (dout[:, f1] * read).sum()  # (1.7)
    dx = np.zeros(x.shape, np.result_type(dout, w))
    for n1 in range(N):
        for c1 in range(C):
            for w1 in range(W):
                for w_ in range(W2):
                    if 0 <= pad + w1 - w_ * S < W1:
                        dx[n1, c1, w1] += (dout[n1, :, w_] * w[:, c1, pad + w1 - w_ * S]).sum()  # (1.8)
    return dx, dw, db

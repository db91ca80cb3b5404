"""Convolution by the paper's loops, each sum beside its equation, (1.5) to (1.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import padded, windows_that_fit


def output_size(x: Array, w: Array, stride: int, pad: int) -> tuple[int, int]:
    """(H2, W2) for images x (N, C, H, W) and filters w (F, C, H1, W1), eq. (1.2)."""
    H, W = x.shape[2:]
    H1, W1 = w.shape[2:]
    return windows_that_fit(H + 2 * pad, H1, stride), windows_that_fit(W + 2 * pad, W1, stride)


def conv_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C, H1, W1), b (F,) -> out (N, F, H2, W2), cache. Eq. (1.5)."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N = x.shape[0]
    F, _, H1, W1 = w.shape
    H2, W2 = output_size(x, w, S, pad)  # (1.2)
    x_pad = padded(x, pad)
    out = np.zeros((N, F, H2, W2), np.result_type(x, w, b))
    for n in range(N):
        for h in range(H2):
            for w_ in range(W2):
                window = x_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                for f in range(F):
                    out[n, f, h, w_] = (w[f] * window).sum() + b[f]  # (1.5)
    return out, (x, w, conv_param)


def conv_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C, H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    dw, db = filter_gradients_naive(dout, cache)
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    H1, W1 = w.shape[2:]
    H2, W2 = dout.shape[2:]
    h, i = np.arange(H2)[:, None], np.arange(H1)
    w_, j = np.arange(W2)[:, None], np.arange(W1)
    # Each indicator of (1.8) is a matrix of zeros and ones, for every h1 (H2, H1) and for every w1 (W2, W1).
    row_is = [(h * S + i - pad == h1).astype(w.dtype) for h1 in range(H)]
    column_is = [(w_ * S + j - pad == w1).astype(w.dtype) for w1 in range(W)]
    dx = np.zeros(x.shape, np.result_type(dout, w))
    for c1 in range(C):
        for h1 in range(H):
            for w1 in range(W):
                # (1.8), second-to-last relation. The sums over i and j in the parentheses are two matrix products.
                parentheses = row_is[h1] @ w[:, c1] @ column_is[w1].T  # (F, H2, W2)
                for n1 in range(N):
                    dx[n1, c1, h1, w1] = (dout[n1] * parentheses).sum()
    return dx, dw, db


def filter_gradients_naive(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (N, F, H2, W2) -> dw (F, C, H1, W1), db (F,). Eqs. (1.7), (1.6)."""
    x, w, conv_param = cache
    S = conv_param["stride"]
    F, C, H1, W1 = w.shape
    H2, W2 = dout.shape[2:]
    x_pad = padded(x, conv_param["pad"])
    db = np.sum(dout, axis=(0, 2, 3))  # (1.6)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    for f1 in range(F):
        for c1 in range(C):
            for h1 in range(H1):
                for w1 in range(W1):
                    # (1.7)
                    read = x_pad[:, c1, h1 : h1 + H2 * S : S, w1 : w1 + W2 * S : S]
                    dw[f1, c1, h1, w1] = (dout[:, f1] * read).sum()
    return dw, db


def conv_backward_closed_form(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C, H1, W1), db (F,). Eqs. (1.6), (1.7), last relation of (1.8)."""
    dw, db = filter_gradients_naive(dout, cache)
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    H1, W1 = w.shape[2:]
    H2, W2 = dout.shape[2:]
    # (1.8), last relation: the indicators say which h and w there are, for every h1 and for every w1.
    rows = [np.array([h for h in range(H2) if 0 <= pad + h1 - h * S < H1], dtype=int)[:, None] for h1 in range(H)]
    columns = [np.array([w_ for w_ in range(W2) if 0 <= pad + w1 - w_ * S < W1], dtype=int) for w1 in range(W)]
    dx = np.zeros(x.shape, np.result_type(dout, w))
    for h1, h in enumerate(rows):
        for w1, w_ in enumerate(columns):
            reached = dout[:, :, h, w_]  # (N, F, h, w)
            weights = w[:, :, pad + h1 - h * S, pad + w1 - w_ * S]  # (F, C, h, w)
            dx[:, :, h1, w1] = np.tensordot(reached, weights, axes=((1, 2, 3), (0, 2, 3)))
    return dx, dw, db

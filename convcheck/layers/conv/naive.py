"""Convolution by the paper's loops, each sum beside its equation, (1.5) to (1.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import padded, reach_of, windows_that_fit


def output_size(x: Array, w: Array, conv_param: Params) -> tuple[int, int]:
    """(H2, W2) for images x (N, C, H, W) and filters w (F, C', H1, W1), eq. (1.2)."""
    S, pad, D = conv_param["stride"], conv_param["pad"], conv_param.get("dilation", 1)
    H, W = x.shape[2:]
    H1, W1 = w.shape[2:]
    return windows_that_fit(H + 2 * pad, reach_of(H1, D), S), windows_that_fit(W + 2 * pad, reach_of(W1, D), S)


def channels_of(f: int, w: Array, conv_param: Params) -> slice:
    """The channels of the image that filter f of w (F, C', H1, W1) reads: those of its group."""
    F, group_size = w.shape[:2]
    g = f * conv_param.get("groups", 1) // F
    return slice(g * group_size, (g + 1) * group_size)


def filters_of(c: int, w: Array, conv_param: Params) -> slice:
    """The filters of w (F, C', H1, W1) that read channel c of the image: those of its group."""
    F, group_size = w.shape[:2]
    filters, g = F // conv_param.get("groups", 1), c // group_size
    return slice(g * filters, (g + 1) * filters)


def conv_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C', H1, W1), b (F,) -> out (N, F, H2, W2), cache. Eq. (1.5)."""
    S, pad, D = conv_param["stride"], conv_param["pad"], conv_param.get("dilation", 1)
    N = x.shape[0]
    F, _, H1, W1 = w.shape
    H2, W2 = output_size(x, w, conv_param)  # (1.2)
    x_pad = padded(x, pad)
    read = [channels_of(f, w, conv_param) for f in range(F)]
    out = np.zeros((N, F, H2, W2), np.result_type(x, w, b))
    for n in range(N):
        for h in range(H2):
            for w_ in range(W2):
                window = x_pad[n, :, h * S : h * S + reach_of(H1, D) : D, w_ * S : w_ * S + reach_of(W1, D) : D]
                for f in range(F):
                    out[n, f, h, w_] = (w[f] * window[read[f]]).sum() + b[f]  # (1.5)
    return out, (x, w, conv_param)


def conv_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C', H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    dw, db = filter_gradients_naive(dout, cache)
    x, w, conv_param = cache
    S, pad, D = conv_param["stride"], conv_param["pad"], conv_param.get("dilation", 1)
    N, C, H, W = x.shape
    H1, W1 = w.shape[2:]
    H2, W2 = dout.shape[2:]
    h, i = np.arange(H2)[:, None], np.arange(H1) * D
    w_, j = np.arange(W2)[:, None], np.arange(W1) * D
    # Each indicator of (1.8) is a matrix of zeros and ones, for every h1 (H2, H1) and for every w1 (W2, W1).
    row_is = [(h * S + i - pad == h1).astype(w.dtype) for h1 in range(H)]
    column_is = [(w_ * S + j - pad == w1).astype(w.dtype) for w1 in range(W)]
    dx = np.zeros(x.shape, np.result_type(dout, w))
    for c1 in range(C):
        of_group = filters_of(c1, w, conv_param)
        for h1 in range(H):
            for w1 in range(W):
                # (1.8), second-to-last relation. The sums over i and j in the parentheses are two matrix products.
                parentheses = row_is[h1] @ w[of_group, c1 % w.shape[1]] @ column_is[w1].T  # (F', H2, W2)
                for n1 in range(N):
                    dx[n1, c1, h1, w1] = (dout[n1, of_group] * parentheses).sum()
    return dx, dw, db


def filter_gradients_naive(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (N, F, H2, W2) -> dw (F, C', H1, W1), db (F,). Eqs. (1.7), (1.6)."""
    x, w, conv_param = cache
    S, D = conv_param["stride"], conv_param.get("dilation", 1)
    F, group_size, H1, W1 = w.shape
    H2, W2 = dout.shape[2:]
    x_pad = padded(x, conv_param["pad"])
    db = np.sum(dout, axis=(0, 2, 3))  # (1.6)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    for f1 in range(F):
        first = channels_of(f1, w, conv_param).start
        for c1 in range(group_size):
            for h1 in range(H1):
                for w1 in range(W1):
                    # (1.7)
                    read = x_pad[:, first + c1, h1 * D : h1 * D + H2 * S : S, w1 * D : w1 * D + W2 * S : S]
                    dw[f1, c1, h1, w1] = (dout[:, f1] * read).sum()
    return dw, db


def conv_backward_closed_form(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C', H1, W1), db (F,). (1.6), (1.7), last relation of (1.8)."""
    dw, db = filter_gradients_naive(dout, cache)
    x, w, conv_param = cache
    S, pad, D = conv_param["stride"], conv_param["pad"], conv_param.get("dilation", 1)
    H, W = x.shape[2:]
    H1, W1 = w.shape[2:]
    H2, W2 = dout.shape[2:]
    # (1.8), last relation: the indicators say which h and w there are, for every h1 and for every w1.
    h_of = [[h for h in range(H2) if 0 <= pad + h1 - h * S < H1 * D and (pad + h1 - h * S) % D == 0] for h1 in range(H)]
    w_of = [
        [w_ for w_ in range(W2) if 0 <= pad + w1 - w_ * S < W1 * D and (pad + w1 - w_ * S) % D == 0] for w1 in range(W)
    ]
    rows = [(h := np.array(those, dtype=int)[:, None], (pad + h1 - h * S) // D) for h1, those in enumerate(h_of)]
    columns = [(w_ := np.array(those, dtype=int), (pad + w1 - w_ * S) // D) for w1, those in enumerate(w_of)]
    dx = np.zeros(x.shape, np.result_type(dout, w))
    group_size = w.shape[1]
    for first in range(0, x.shape[1], group_size):
        of_group = filters_of(first, w, conv_param)
        for h1, (h, i) in enumerate(rows):
            for w1, (w_, j) in enumerate(columns):
                reached = dout[:, of_group, h, w_]  # (N, F', h, w)
                weights = w[of_group, :, i, j]  # (F', C', h, w)
                sums = np.tensordot(reached, weights, axes=((1, 2, 3), (0, 2, 3)))
                dx[:, first : first + group_size, h1, w1] = sums
    return dx, dw, db

"""Transposed convolution by loops, each sum as its equation in `layer.py` has it."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import padded


def conv_transpose_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (C, F, H1, W1), b (F,) -> out (N, F, H2, W2), cache."""
    S, pad, more = conv_param["stride"], conv_param["pad"], conv_param["output_padding"]
    N, _, H, W = x.shape
    _, F, H1, W1 = w.shape
    H2, W2 = (H - 1) * S - 2 * pad + H1 + more, (W - 1) * S - 2 * pad + W1 + more
    out = np.zeros((N, F, H2, W2), np.result_type(x, w, b))
    for h2 in range(H2):
        for w2 in range(W2):
            # Which h and w there are whose filters reach this output, as the indicators say.
            rows = [h for h in range(H) if 0 <= pad + h2 - h * S < H1]
            columns = [w_ for w_ in range(W) if 0 <= pad + w2 - w_ * S < W1]
            for h in rows:
                for w_ in columns:
                    out[:, :, h2, w2] += x[:, :, h, w_] @ w[:, :, pad + h2 - h * S, pad + w2 - w_ * S]
            out[:, :, h2, w2] += b
    return out, (x, w, conv_param)


def conv_transpose_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (C, F, H1, W1), db (F,)."""
    x, w, conv_param = cache
    S = conv_param["stride"]
    N, C, H, W = x.shape
    _, F, H1, W1 = w.shape
    dout_pad = padded(dout, conv_param["pad"])
    db = np.sum(dout, axis=(0, 2, 3))
    dx, dw = np.zeros(x.shape, np.result_type(dout, w)), np.zeros(w.shape, np.result_type(dout, x))
    for n in range(N):
        for c in range(C):
            for h in range(H):
                for w_ in range(W):
                    window = dout_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    dx[n, c, h, w_] = (w[c] * window).sum()
    for c1 in range(C):
        for f1 in range(F):
            for i in range(H1):
                for j in range(W1):
                    laid = dout_pad[:, f1, i : i + H * S : S, j : j + W * S : S][:, :H, :W]
                    dw[c1, f1, i, j] = (x[:, c1] * laid).sum()
    return dx, dw, db

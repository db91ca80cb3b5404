"""Convolution of volumes by the paper's loops, each sum beside its equation, (1.5) to (1.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import padded, windows_that_fit


def conv3d_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, T, H, W), w (F, C, T1, H1, W1), b (F,) -> out (N, F, T2, H2, W2), cache. Eq. (1.5)."""
    S, pad = conv_param["stride"], conv_param["pad"]
    F, _, T1, H1, W1 = w.shape
    T2, H2, W2 = (windows_that_fit(n + 2 * pad, k, S) for n, k in zip(x.shape[2:], w.shape[2:], strict=True))  # (1.2)
    x_pad = padded(x, pad)
    out = np.zeros((len(x), F, T2, H2, W2), np.result_type(x, w, b))
    for n, t, h, w_ in np.ndindex(len(x), T2, H2, W2):
        window = x_pad[n, :, t * S : t * S + T1, h * S : h * S + H1, w_ * S : w_ * S + W1]
        for f in range(F):
            out[n, f, t, h, w_] = (w[f] * window).sum() + b[f]  # (1.5)
    return out, (x, w, conv_param)


def conv3d_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, T2, H2, W2) -> dx (N, C, T, H, W), dw (F, C, T1, H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    T, H, W = x.shape[2:]
    F, _, T1, H1, W1 = w.shape
    x_pad = padded(x, pad)
    db = np.sum(dout, axis=(0, 2, 3, 4))  # (1.6)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    dx_pad = np.zeros(x_pad.shape, np.result_type(dout, w))
    for n, t, h, w_ in np.ndindex(len(x), *dout.shape[2:]):
        window = np.s_[n, :, t * S : t * S + T1, h * S : h * S + H1, w_ * S : w_ * S + W1]
        for f in range(F):
            dw[f] += dout[n, f, t, h, w_] * x_pad[window]  # (1.7)
            dx_pad[window] += dout[n, f, t, h, w_] * w[f]  # (1.8), window by window
    return dx_pad[:, :, pad : pad + T, pad : pad + H, pad : pad + W], dw, db

"""Convolution as matrix products over all windows at once, (1.5) to (1.8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import offsets_in, windows_of, zero_padded


def conv_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C, H1, W1), b (F,) -> out (N, F, H2, W2), cache. Eq. (1.5) as one matrix product."""
    S, pad = conv_param["stride"], conv_param["pad"]
    windows = windows_of(zero_padded(x, pad), w.shape[2:], S)  # (N, C, H2, W2, H1, W1)
    a = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3)))  # (1.5): (N, H2, W2, F)
    out = a.transpose(0, 3, 1, 2) + b[:, None, None]
    return out, (x, w, conv_param)


def conv_backward_vectorized(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C, H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    x_pad = zero_padded(x, pad)
    windows = windows_of(x_pad, w.shape[2:], S)  # (N, C, H2, W2, H1, W1)
    db = dout.sum(axis=(0, 2, 3))  # (1.6)
    dw = np.tensordot(dout, windows, axes=((0, 2, 3), (0, 2, 3)))  # (1.7)
    # (1.8), read the other way round: what is summed for x[n1,c1,h1,w1] is what every window that covers it hands back.
    dwindows = np.tensordot(dout, w, axes=(1, 0))  # (N, H2, W2, C, H1, W1)
    dx_pad = np.zeros(x_pad.shape, dwindows.dtype)
    for i, j, rows, columns in offsets_in(w.shape[2:], dout.shape[2:], S):
        dx_pad[:, :, rows, columns] += dwindows[..., i, j].transpose(0, 3, 1, 2)
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, db

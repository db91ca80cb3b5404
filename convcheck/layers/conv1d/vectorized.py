"""Convolution of sequences as one matrix product for each column of the filters, over all windows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import indices_met, padded, windows_that_fit


def conv1d_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, W), w (F, C, W1), b (F,) -> out (N, F, W2), cache. Eq. (1.5)."""
    S, pad = conv_param["stride"], conv_param["pad"]
    F, _, W1 = w.shape
    x_pad = padded(x, pad)
    W2 = windows_that_fit(x_pad.shape[2], W1, S)
    out = np.zeros((len(x), F, W2), np.result_type(x, w, b))
    for j in range(W1):
        out += w[:, :, j] @ x_pad[:, :, indices_met(j, W2, S)]
    return out + b[:, None], (x, w, conv_param)


def conv1d_backward_vectorized(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, W2) -> dx (N, C, W), dw (F, C, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    x_pad = padded(x, pad)
    W2 = dout.shape[2]
    db = dout.sum(axis=(0, 2))
    dw = np.zeros(w.shape, np.result_type(dout, x))
    dx_pad = np.zeros(x_pad.shape, np.result_type(dout, w))
    for j in range(w.shape[2]):
        met = indices_met(j, W2, S)
        dw[:, :, j] = np.tensordot(dout, x_pad[:, :, met], axes=((0, 2), (0, 2)))
        # (1.8), read the other way round: what every window hands back to its column j.
        dx_pad[:, :, met] += w[:, :, j].T @ dout
    return dx_pad[:, :, pad : pad + x.shape[2]], dw, db

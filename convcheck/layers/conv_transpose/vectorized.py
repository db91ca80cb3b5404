"""Transposed convolution as one matrix product for each entry of the filters, over all places at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import offsets_in, padded


def conv_transpose_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (C, F, H1, W1), b (F,) -> out (N, F, H2, W2), cache."""
    S, pad, more = conv_param["stride"], conv_param["pad"], conv_param["output_padding"]
    N, _, H, W = x.shape
    _, F, H1, W1 = w.shape
    rows, columns = (H - 1) * S + H1 + more, (W - 1) * S + W1 + more
    # What is laid over the output, and over what is cut off it.
    laid = np.zeros((N, F, rows, columns), np.result_type(x, w, b))
    for i, j, at_rows, at_columns in offsets_in((H1, W1), (H, W), S):
        laid[:, :, at_rows, at_columns] += np.tensordot(w[:, :, i, j], x, axes=(0, 1)).swapaxes(0, 1)
    return laid[:, :, pad : rows - pad, pad : columns - pad] + b[:, None, None], (x, w, conv_param)


def conv_transpose_backward_vectorized(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (C, F, H1, W1), db (F,)."""
    x, w, conv_param = cache
    dout_pad = padded(dout, conv_param["pad"])
    dx, dw = np.zeros(x.shape, np.result_type(dout, w)), np.zeros(w.shape, np.result_type(dout, x))
    for i, j, rows, columns in offsets_in(w.shape[2:], x.shape[2:], conv_param["stride"]):
        laid = dout_pad[:, :, rows, columns]
        dx += np.tensordot(w[:, :, i, j], laid, axes=(1, 1)).swapaxes(0, 1)
        dw[:, :, i, j] = np.tensordot(x, laid, axes=((0, 2, 3), (0, 2, 3)))
    return dx, dw, dout.sum(axis=(0, 2, 3))

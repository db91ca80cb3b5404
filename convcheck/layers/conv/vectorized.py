"""Convolution as one matrix product for each row of the filters, over all windows at once, (1.5) to (1.8).

All windows written out side by side would be H1·W1 times as large as the images. One row of every window is W1 times as
large.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import indices_met, padded, windows_of


def conv_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C', H1, W1), b (F,) -> out (N, F, H2, W2), cache. Eq. (1.5)."""
    S, pad, D = conv_param["stride"], conv_param["pad"], conv_param.get("dilation", 1)
    if conv_param.get("groups", 1) > 1:
        return _forward_by_group(x, w, b, conv_param), (x, w, conv_param)
    F, _, H1, _ = w.shape
    windows = windows_of(padded(x, pad), w.shape[2:], S, D)  # (N, C, H2, W2, H1, W1)
    N, _, H2, W2 = windows.shape[:4]
    a = np.zeros((F, N * H2 * W2), np.result_type(x, w))
    for i in range(H1):
        a += row_of_filters(w, i) @ row_of_windows(windows, i)  # (1.5)
    out = a.reshape(F, N, H2, W2).transpose(1, 0, 2, 3) + b[:, None, None]
    return out, (x, w, conv_param)


def conv_backward_vectorized(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C', H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad, D = conv_param["stride"], conv_param["pad"], conv_param.get("dilation", 1)
    if conv_param.get("groups", 1) > 1:
        return _backward_by_group(dout, x, w, conv_param)
    H, W = x.shape[2:]
    F, C, H1, W1 = w.shape
    N, _, H2, W2 = dout.shape
    x_pad = padded(x, pad)
    windows = windows_of(x_pad, w.shape[2:], S, D)  # (N, C, H2, W2, H1, W1)
    upstream = dout.transpose(1, 0, 2, 3).reshape(F, -1)  # (F, N·H2·W2)
    db = upstream.sum(axis=1)  # (1.6)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    dx_pad = np.zeros(x_pad.shape, np.result_type(dout, w))
    for i in range(H1):
        dw[:, :, i] = (upstream @ row_of_windows(windows, i).T).reshape(F, C, W1)  # (1.7)
        # (1.8), read the other way round: what is summed for x[n1,c1,h1,w1] is what every window that covers it hands
        # back.
        dwindows = (row_of_filters(w, i).T @ upstream).reshape(C, W1, N, H2, W2)
        rows = indices_met(i * D, H2, S)
        for j in range(W1):
            dx_pad[:, :, rows, indices_met(j * D, W2, S)] += dwindows[:, j].transpose(1, 0, 2, 3)
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, db


def _forward_by_group(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    groups, of_one = conv_param["groups"], {**conv_param, "groups": 1}
    parts = zip(np.split(x, groups, 1), np.split(w, groups), np.split(b, groups), strict=True)
    return np.concatenate([conv_forward_vectorized(x_, w_, b_, of_one)[0] for x_, w_, b_ in parts], 1)


def _backward_by_group(dout: Array, x: Array, w: Array, conv_param: Params) -> tuple[Array, Array, Array]:
    groups, of_one = conv_param["groups"], {**conv_param, "groups": 1}
    parts = zip(np.split(dout, groups, 1), np.split(x, groups, 1), np.split(w, groups), strict=True)
    dx, dw, db = zip(*(conv_backward_vectorized(d, (x_, w_, of_one)) for d, x_, w_ in parts), strict=True)
    return np.concatenate(dx, 1), np.concatenate(dw), np.concatenate(db)


def row_of_filters(w: Array, i: int) -> Array:
    """Row i of every filter as a row of a matrix: (F, C, H1, W1) -> (F, C·W1)."""
    return w[:, :, i].reshape(len(w), -1)


def row_of_windows(windows: Array, i: int) -> Array:
    """Row i of every window as a column of a matrix: (N, C, H2, W2, H1, W1) -> (C·W1, N·H2·W2)."""
    _, C, _, _, _, W1 = windows.shape
    return windows[:, :, :, :, i].transpose(1, 4, 0, 2, 3).reshape(C * W1, -1)

"""Max-pool, all windows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import indices_met, offsets_in, windows_that_fit


def max_pool_forward_vectorized(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. For each offset in a window: the windows in which it is ahead."""
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    H, W = x.shape[2:]
    count = windows_that_fit(H, window[0], S), windows_that_fit(W, window[1], S)
    out = x[:, :, indices_met(0, count[0], S), indices_met(0, count[1], S)].copy()
    winner = np.zeros(out.shape, np.int32)
    for i, j, rows, columns in offsets_in(window, count, S):
        candidate = np.ascontiguousarray(x[:, :, rows, columns])
        np.putmask(winner, candidate > out, i * window[1] + j)  # the first of equals stays
        np.maximum(out, candidate, out=out)
    return out, (winner, x.shape, pool_param)


def max_pool_backward_vectorized(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). For each offset in a window: the windows in which that offset won."""
    winner, x_shape, pool_param = cache
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    dx = np.zeros(x_shape, dout.dtype)
    for i, j, rows, columns in offsets_in(window, dout.shape[2:], S):
        won = winner == i * window[1] + j
        dx[:, :, rows, columns] += np.where(won, dout, dout.dtype.type(0))
    return dx

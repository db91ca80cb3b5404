"""Max-pool, all windows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import offsets_in, windows_of


def max_pool_forward_vectorized(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. All windows at once."""
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    windows = windows_of(x, window, S)  # (N, C, H2, W2, H1, W1)
    candidates = windows.reshape(*windows.shape[:4], -1)  # (N, C, H2, W2, H1·W1)
    winner = np.argmax(candidates, axis=4)
    out = np.take_along_axis(candidates, winner[..., None], axis=4)[..., 0]
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

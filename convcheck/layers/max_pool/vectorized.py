"""Max-pool, all windows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import offsets_in, padded, windows_of


def max_pool_forward_vectorized(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. All windows at once."""
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    pad = pool_param.get("pad", 0)
    x_pad = padded(x, pad, -np.inf) if pad else x
    windows = windows_of(x_pad, window, S)  # (N, C, H2, W2, H1, W1)
    candidates = windows.reshape(*windows.shape[:4], -1)  # (N, C, H2, W2, H1·W1)
    winner = np.argmax(candidates, axis=4)
    out = np.take_along_axis(candidates, winner[..., None], axis=4)[..., 0]
    return out, (winner, x.shape, pool_param)


def max_pool_backward_vectorized(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). For each offset in a window: the windows in which that offset won."""
    winner, (N, C, H, W), pool_param = cache
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    pad = pool_param.get("pad", 0)
    dx = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dout.dtype)
    for i, j, rows, columns in offsets_in(window, dout.shape[2:], S):
        won = winner == i * window[1] + j
        dx[:, :, rows, columns] += np.where(won, dout, dout.dtype.type(0))
    return dx[:, :, pad : pad + H, pad : pad + W] if pad else dx

"""Average-pool, all windows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import entries_inside, offsets_in, windows_of, zero_padded


def divisors(shape: tuple[int, ...], pool_param: Params, dtype: np.dtype[Any]) -> Array:
    """k (H2, W2): over how many entries each mean is."""
    (H1, W1), S, pad = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"], pool_param["pad"]
    rows, columns = entries_inside(shape[2], H1, S, pad), entries_inside(shape[3], W1, S, pad)
    if pool_param["count_include_pad"]:
        rows[:], columns[:] = H1, W1
    return np.outer(rows, columns).astype(dtype)


def avg_pool_forward_vectorized(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. All windows at once."""
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    sums = windows_of(zero_padded(x, pool_param["pad"]), window, S).sum(axis=(4, 5))
    return sums / divisors(x.shape, pool_param, x.dtype), (x.shape, pool_param)


def avg_pool_backward_vectorized(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). For each offset in a window: what all windows hand back to it."""
    (N, C, H, W), pool_param = cache
    window, S, pad = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"], pool_param["pad"]
    share = dout / divisors((N, C, H, W), pool_param, dout.dtype)
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dout.dtype)
    for _, _, rows, columns in offsets_in(window, dout.shape[2:], S):
        dx_pad[:, :, rows, columns] += share
    return dx_pad[:, :, pad : pad + H, pad : pad + W]

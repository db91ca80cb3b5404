"""Average-pool, one window at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import windows_that_fit


def windows(shape: tuple[int, ...], pool_param: Params) -> Iterator[tuple[int, int, slice, slice, int]]:
    """Each window (h, w) of an image, with its rows and columns that lie in the image, and k[h,w]."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    pad, H, W = pool_param["pad"], *shape[2:]
    for h in range(windows_that_fit(H + 2 * pad, H1, S)):  # (1.2)
        for w in range(windows_that_fit(W + 2 * pad, W1, S)):
            top, bottom = max(0, h * S - pad), min(H, h * S - pad + H1)
            left, right = max(0, w * S - pad), min(W, w * S - pad + W1)
            k = H1 * W1 if pool_param["count_include_pad"] else (bottom - top) * (right - left)
            yield h, w, slice(top, bottom), slice(left, right), k


def avg_pool_forward_naive(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. One window at a time."""
    H1, W1, S, pad = (pool_param[key] for key in ("pool_height", "pool_width", "stride", "pad"))
    N, C, H, W = x.shape
    out = np.zeros((N, C, windows_that_fit(H + 2 * pad, H1, S), windows_that_fit(W + 2 * pad, W1, S)), x.dtype)
    for n in range(N):
        for c in range(C):
            for h, w, rows, columns, k in windows(x.shape, pool_param):
                out[n, c, h, w] = x[n, c, rows, columns].sum() / k
    return out, (x.shape, pool_param)


def avg_pool_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). Each entry of a window has its share; overlapping windows add up."""
    shape, pool_param = cache
    dx = np.zeros(shape, dout.dtype)
    for n in range(shape[0]):
        for c in range(shape[1]):
            for h, w, rows, columns, k in windows(shape, pool_param):
                dx[n, c, rows, columns] += dout[n, c, h, w] / k
    return dx

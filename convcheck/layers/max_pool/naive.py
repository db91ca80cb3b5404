"""Max-pool, one window at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import windows_inside, windows_that_fit


def max_pool_forward_naive(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. One window at a time."""
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    pad = pool_param.get("pad", 0)
    N, C, H, W = x.shape
    H2, W2 = (windows_that_fit(n + 2 * pad, k, S) for n, k in zip((H, W), window, strict=True))  # (1.2)
    out = np.zeros((N, C, H2, W2), x.dtype)
    for n in range(N):
        for c in range(C):
            for h, w, rows, columns in windows_inside((H, W), window, S, pad):
                out[n, c, h, w] = x[n, c, rows, columns].max()
    return out, (x, pool_param)


def max_pool_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). The gradient goes to the winner; overlapping windows add up."""
    x, pool_param = cache
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    pad = pool_param.get("pad", 0)
    dx = np.zeros(x.shape, dout.dtype)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for h, w, rows, columns in windows_inside(x.shape[2:], window, S, pad):
                inside = x[n, c, rows, columns]
                # argmax takes the first of equals, in the order of rows.
                i, j = divmod(int(inside.argmax()), inside.shape[1])
                dx[n, c, rows.start + i, columns.start + j] += dout[n, c, h, w]
    return dx

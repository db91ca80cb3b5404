"""Max-pool, one window at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.windows import windows_that_fit


def max_pool_forward_naive(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. One window at a time."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = windows_that_fit(H, H1, S), windows_that_fit(W, W1, S)  # (1.2)
    out = np.zeros((N, C, H2, W2), x.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(H2):
                for w in range(W2):
                    out[n, c, h, w] = x[n, c, h * S : h * S + H1, w * S : w * S + W1].max()
    return out, (x, pool_param)


def max_pool_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). The gradient goes to the winner; overlapping windows add up."""
    x, pool_param = cache
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H2, W2 = dout.shape
    dx = np.zeros(x.shape, dout.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(H2):
                for w in range(W2):
                    window = x[n, c, h * S : h * S + H1, w * S : w * S + W1]
                    # argmax takes the first of equals, in the order of rows.
                    i, j = divmod(int(window.argmax()), W1)
                    dx[n, c, h * S + i, w * S + j] += dout[n, c, h, w]
    return dx

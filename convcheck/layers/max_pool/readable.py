"""Max-pool as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(x: Array, pool_param: Params) -> Array:
    """out (N, C, H2, W2): window by window, all images and channels at once."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = (H - H1) // S + 1, (W - W1) // S + 1
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w in range(W2):
            window = x[:, :, h * S : h * S + H1, w * S : w * S + W1]
            out[:, :, h, w] = window.max(axis=(2, 3))
    return out


def dx(dout: Array, x: Array, pool_param: Params) -> Array:
    """dx (N, C, H, W): what equals the largest of a window has its gradient."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H2, W2 = dout.shape[2:]
    dx = np.zeros(x.shape)
    for h in range(H2):
        for w in range(W2):
            window = x[:, :, h * S : h * S + H1, w * S : w * S + W1]
            mask = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, h * S : h * S + H1, w * S : w * S + W1] += mask * dout[:, :, h : h + 1, w : w + 1]
    return dx


def dx_by_index(dout: Array, x: Array, pool_param: Params) -> Array:
    """The same: the first of the largest has it, by its index in the window."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H2, W2 = dout.shape
    dx = np.zeros(x.shape)
    for n in range(N):
        for c in range(C):
            for h in range(H2):
                for w in range(W2):
                    window = x[n, c, h * S : h * S + H1, w * S : w * S + W1]
                    index = int(window.argmax())
                    i, j = index // W1, index % W1
                    dx[n, c, h * S + i, w * S + j] += dout[n, c, h, w]
    return dx

"""Average-pool as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def padded(x: Array, pad: int) -> Array:
    """Images with zeros around them."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def forward(x: Array, pool_param: Params) -> Array:
    """out (N, C, H2, W2): window by window, all images and channels at once."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    pad, counted = pool_param["pad"], pool_param["count_include_pad"]
    N, C, H, W = x.shape
    H2, W2 = (H + 2 * pad - H1) // S + 1, (W + 2 * pad - W1) // S + 1
    x_pad, inside = padded(x, pad), np.pad(np.ones((H, W)), pad)
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w in range(W2):
            window = x_pad[:, :, h * S : h * S + H1, w * S : w * S + W1]
            number = H1 * W1 if counted else inside[h * S : h * S + H1, w * S : w * S + W1].sum()
            out[:, :, h, w] = window.sum(axis=(2, 3)) / number
    return out


def forward_by_mean(x: Array, pool_param: Params) -> Array:
    """The same, where the padding is counted, with the mean of what a window holds."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    pad, counted = pool_param["pad"], pool_param["count_include_pad"]
    N, C, H, W = x.shape
    H2, W2 = (H + 2 * pad - H1) // S + 1, (W + 2 * pad - W1) // S + 1
    x_pad, inside = padded(x, pad), np.pad(np.ones((H, W)), pad)
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w in range(W2):
            window = x_pad[:, :, h * S : h * S + H1, w * S : w * S + W1]
            within = inside[h * S : h * S + H1, w * S : w * S + W1].sum()
            out[:, :, h, w] = window.sum(axis=(2, 3)) / (np.float64(window[0, 0].size) if counted else within)
    return out


def dx(dout: Array, x: Array, pool_param: Params) -> Array:
    """dx (N, C, H, W): every entry of a window has its share of the gradient."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    pad, counted = pool_param["pad"], pool_param["count_include_pad"]
    N, C, H, W = x.shape
    H2, W2 = dout.shape[2:]
    dx_pad, inside = np.zeros((N, C, H + 2 * pad, W + 2 * pad)), np.pad(np.ones((H, W)), pad)
    for h in range(H2):
        for w in range(W2):
            number = H1 * W1 if counted else inside[h * S : h * S + H1, w * S : w * S + W1].sum()
            share = dout[:, :, h : h + 1, w : w + 1] / number
            dx_pad[:, :, h * S : h * S + H1, w * S : w * S + W1] += share
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return np.asarray(dx)

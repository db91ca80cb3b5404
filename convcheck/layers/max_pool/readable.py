"""Max-pool as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def padded(x: Array, pool_param: Params, value: float = -np.inf) -> Array:
    """Images with what never wins around them, as wide as the padding is."""
    pad = pool_param.get("pad", 0)
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=value) if pad else x


def cut(dx: Array, pool_param: Params) -> Array:
    """dx without the padding."""
    pad, (rows, columns) = pool_param.get("pad", 0), dx.shape[2:]
    return dx[:, :, pad : rows - pad, pad : columns - pad]


def forward(x: Array, pool_param: Params) -> Array:
    """out (N, C, H2, W2): window by window, all images and channels at once."""
    x = padded(x, pool_param)
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = (H - H1) // S + 1, (W - W1) // S + 1
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w in range(W2):
            window = x[:, :, h * S : h * S + H1, w * S : w * S + W1]
            out[:, :, h, w] = window.max(axis=(2, 3))
    return out


def forward_by_place(x: Array, pool_param: Params) -> Array:
    """The same: an entry of a window is looked up by its place in memory, plane after plane, row after row."""
    x = padded(x, pool_param)
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = (H - H1) // S + 1, (W - W1) // S + 1
    memory, plane = x.reshape(-1), np.arange(N * C).reshape(N, C)
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w in range(W2):
            best = np.full((N, C), -np.inf)
            for i in range(H1):
                for j in range(W1):
                    best = np.maximum(best, memory[plane * H * W + (h * S + i) * W + w * S + j])
            out[:, :, h, w] = best
    return out


def forward_by_winner(x: Array, pool_param: Params) -> Array:
    """The same: the place of each window's winner, and what lies there."""
    x = padded(x, pool_param)
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = (H - H1) // S + 1, (W - W1) // S + 1
    memory, plane = x.reshape(-1), np.arange(N * C).reshape(N, C)
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w in range(W2):
            index = x[:, :, h * S : h * S + H1, w * S : w * S + W1].reshape(N, C, -1).argmax(axis=2)
            i, j = index // W1, index % W1
            out[:, :, h, w] = memory[plane * H * W + (h * S + i) * W + w * S + j]
    return out


def forward_by_number(x: Array, pool_param: Params) -> Array:
    """The same: windows, and the entries of a window, one after the other by their numbers."""
    x = padded(x, pool_param)
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = (H - H1) // S + 1, (W - W1) // S + 1
    out = np.full((N, C, H2 * W2), -np.inf)
    for number in range(H2 * W2):
        h, w = number // W2, number % W2
        for k in range(H1 * W1):
            i, j = k // W1, k % W1
            out[:, :, number] = np.maximum(out[:, :, number], x[:, :, h * S + i, w * S + j])
    return out.reshape(N, C, H2, W2)


def dx(dout: Array, x: Array, pool_param: Params) -> Array:
    """dx (N, C, H, W): what equals the largest of a window has its gradient."""
    x = padded(x, pool_param)
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H2, W2 = dout.shape[2:]
    dx = np.zeros(x.shape)
    for h in range(H2):
        for w in range(W2):
            window = x[:, :, h * S : h * S + H1, w * S : w * S + W1]
            mask = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, h * S : h * S + H1, w * S : w * S + W1] += mask * dout[:, :, h : h + 1, w : w + 1]
    dx = cut(dx, pool_param)
    return np.asarray(dx)


def dx_by_offset(dout: Array, x: Array, pool_param: Params) -> Array:
    """The same: all windows at once, one entry of theirs after the other."""
    x = padded(x, pool_param)
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H2, W2 = dout.shape[2:]
    every = range(H1), range(W1)
    views = [
        np.s_[:, :, i : i + S * (H2 - 1) + 1 : S, j : j + S * (W2 - 1) + 1 : S] for i in every[0] for j in every[1]
    ]
    largest = np.max([x[view] for view in views], axis=0)
    dx = np.zeros(x.shape)
    for view in views:
        mask = x[view] == largest
        dx[view] += np.where(mask, dout, 0)
    dx = cut(dx, pool_param)
    return np.asarray(dx)


def dx_by_index(dout: Array, x: Array, pool_param: Params) -> Array:
    """The same: the first of the largest has it, by its index in the window."""
    x = padded(x, pool_param)
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
    dx = cut(dx, pool_param)
    return np.asarray(dx)

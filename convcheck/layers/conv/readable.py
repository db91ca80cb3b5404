"""Convolution as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """out (N, F, H2, W2), eq. (1.5): window by window, all images at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    H2 = (H + 2 * pad - H1) // S + 1
    W2 = (W + 2 * pad - W1) // S + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H2, W2))
    for f in range(F):
        for h in range(H2):
            for w_ in range(W2):
                window = x_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                out[:, f, h, w_] = (window * w[f]).sum(axis=(1, 2, 3)) + b[f]
    return out


def forward_by_channel(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, adding up channel after channel."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    H2 = (H + 2 * pad - H1) // S + 1
    W2 = (W + 2 * pad - W1) // S + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H2, W2))
    for f in range(F):
        for c in range(C):
            for h in range(H2):
                for w_ in range(W2):
                    window = x_pad[:, c, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    out[:, f, h, w_] += (window * w[f, c]).sum(axis=(1, 2))
    return out + b[:, None, None]


def dx(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dx (N, C, H, W), eq. (1.8): every window handed back, all filters at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    N, F, H2, W2 = dout.shape
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for h in range(H2):
        for w_ in range(W2):
            dx_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1] += np.tensordot(dout[:, :, h, w_], w, axes=1)
    return dx_pad[:, :, pad : pad + H, pad : pad + W]


def dx_by_filter(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, filter after filter."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    N, F, H2, W2 = dout.shape
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for f in range(F):
        for h in range(H2):
            for w_ in range(W2):
                here = dout[:, f, h, w_][:, None, None, None]
                dx_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1] += here * w[f]
    return dx_pad[:, :, pad : pad + H, pad : pad + W]


def dw(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dw (F, C, H1, W1), eq. (1.7): window by window, all images at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    N, F, H2, W2 = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dw = np.zeros((F, C, H1, W1))
    for h in range(H2):
        for w_ in range(W2):
            window = x_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
            dw += np.tensordot(dout[:, :, h, w_], window, axes=(0, 0))
    return dw


def dw_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image and filter after filter."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    N, F, H2, W2 = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dw = np.zeros((F, C, H1, W1))
    for n in range(N):
        for f in range(F):
            for h in range(H2):
                for w_ in range(W2):
                    window = x_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    dw[f] += dout[n, f, h, w_] * window
    return dw


def dw_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry: what all windows read at that place."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, H1, W1 = w.shape
    N, F, H2, W2 = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dw = np.zeros((F, C, H1, W1))
    for i in range(H1):
        for j in range(W1):
            read = x_pad[:, :, i : i + S * H2 : S, j : j + S * W2 : S]
            dw[:, :, i, j] = np.tensordot(dout, read, axes=((0, 2, 3), (0, 2, 3)))
    return dw


def db(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """db (F,), eq. (1.6)."""
    return np.asarray(dout.sum(axis=(0, 2, 3)))


def db_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image."""
    db = np.zeros(b.shape)
    for n in range(dout.shape[0]):
        db += dout[n].sum(axis=(1, 2))
    return db

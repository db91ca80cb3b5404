"""Depthwise convolution as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def padded(x: Array, pad: int) -> Array:
    """The images with zeros around them: (N, C, H + 2·pad, W + 2·pad)."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def in_size(out: Array, rows: int, columns: int) -> Array:
    """The output, cut or with zeros to so many rows and columns: a mistake in its size leaves no more to compare."""
    given = np.zeros((*out.shape[:2], max(0, rows), max(0, columns)))
    kept = out[:, :, : max(0, rows), : max(0, columns)]
    given[:, :, : kept.shape[2], : kept.shape[3]] = kept
    return given


def forward(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """out (N, C, H2, W2): window by window, all images and channels at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (H1, W1) = x.shape, w.shape[2:]
    H2 = (H + 2 * pad - H1) // S + 1
    W2 = (W + 2 * pad - W1) // S + 1
    x_pad = padded(x, pad)
    out = np.zeros((N, C, H2, W2))
    for h in range(H2):
        for w_ in range(W2):
            window = x_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
            out[:, :, h, w_] = (window * w[:, 0]).sum(axis=(2, 3)) + b
    return out


def dx(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dx (N, C, H, W): every window handed back."""
    S, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (H1, W1), (H2, W2) = x.shape, w.shape[2:], dout.shape[2:]
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for h in range(H2):
        for w_ in range(W2):
            dx_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1] += dout[:, :, h, w_, None, None] * w[:, 0]
    return dx_pad[:, :, pad : pad + H, pad : pad + W]


def dx_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry: what all windows hand back to that place."""
    S, pad = conv_param["stride"], conv_param["pad"]
    (H, W), (H1, W1), (H2, W2) = x.shape[2:], w.shape[2:], dout.shape[2:]
    dx_pad = np.zeros_like(padded(x, pad))
    for i in range(H1):
        for j in range(W1):
            back = w[:, 0, i, j][:, None, None] * dout
            dx_pad[:, :, i : i + S * H2 : S, j : j + S * W2 : S] += back
    return dx_pad[:, :, pad : H + pad, pad : W + pad]


def dw(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dw (C, 1, H1, W1): window by window, all images and channels at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    (N, C, H, W), (H1, W1), (H2, W2) = x.shape, w.shape[2:], dout.shape[2:]
    x_pad = padded(x, pad)
    dw = np.zeros((C, 1, H1, W1))
    for h in range(H2):
        for w_ in range(W2):
            window = x_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
            dw[:, 0] += (dout[:, :, h, w_, None, None] * window).sum(axis=0)
    return dw


def dw_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image."""
    S, (N, C), (H1, W1) = conv_param["stride"], x.shape[:2], w.shape[2:]
    x_pad = padded(x, conv_param["pad"])
    sums = np.zeros((C, 1, H1, W1))
    for n in range(N):
        for h in range(dout.shape[2]):
            for w_ in range(dout.shape[3]):
                read = x_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                sums[:, 0] += dout[n, :, h, w_, None, None] * read
    return sums


def dw_by_channel(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, channel after channel, image after image."""
    S, (N, C), (H1, W1) = conv_param["stride"], x.shape[:2], w.shape[2:]
    x_pad = padded(x, conv_param["pad"])
    one = np.zeros((C, 1, H1, W1))
    for c in range(C):
        for n in range(N):
            for h in range(dout.shape[2]):
                for w_ in range(dout.shape[3]):
                    read = x_pad[n, c, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    one[c, 0] = one[c, 0] + dout[n, c, h, w_] * read
    return one


def db(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """db (C,)."""
    return np.asarray(dout.sum(axis=(0, 2, 3)))


def db_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image."""
    sums = np.zeros(b.shape)
    for n in range(len(dout)):
        sums += dout[n].sum(axis=(1, 2))
    return sums

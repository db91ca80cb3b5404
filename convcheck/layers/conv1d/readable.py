"""Convolution of sequences as people write it, one function for each tensor, of which the layer's mistakes are edits.

Where a mistake leaves the same in every way of a tensor, its text is in one of them alone: it is tried once.
"""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def padded(x: Array, conv_param: Params) -> Array:
    """The sequences with zeros at both ends: (N, C, W + 2·pad)."""
    return np.pad(x, ((0, 0), (0, 0), (conv_param["pad"], conv_param["pad"])))


def in_size(out: Array, columns: int) -> Array:
    """The output, cut or with zeros to so many columns: a mistake in its size leaves no more to compare."""
    given = np.zeros((*out.shape[:2], max(0, columns)))
    kept = out[:, :, : max(0, columns)]
    given[:, :, : kept.shape[2]] = kept
    return given


def forward(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """out (N, F, W2), eq. (1.5): window by window, all sequences at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, W = x.shape
    F, C, W1 = w.shape
    W2 = (W + 2 * pad - W1) // S + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    out = np.zeros((N, F, W2))
    for f in range(F):
        for w_ in range(W2):
            window = x_pad[:, :, w_ * S : w_ * S + W1]
            out[:, f, w_] = (window * w[f]).sum(axis=(1, 2)) + b[f]
    return out


def forward_by_channel(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, adding up channel after channel."""
    x_pad, S = padded(x, conv_param), conv_param["stride"]
    F, C, W1 = w.shape
    W2 = (x_pad.shape[2] - W1) // S + 1
    sums = np.zeros((len(x), F, W2))
    for f in range(F):
        for c in range(C):
            for w_ in range(W2):
                sums[:, f, w_] += (x_pad[:, c, w_ * S : w_ * S + W1] * w[f, c]).sum(axis=1)
    return sums + b[:, None]


def forward_by_index(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with all windows unfolded: entry k of window w_ is read from channel c, column j + S·w_."""
    x_pad, S = padded(x, conv_param), conv_param["stride"]
    F, C, W1 = w.shape
    W2 = (x_pad.shape[2] - W1) // S + 1
    k, w_ = np.arange(C * W1)[:, None], np.arange(W2)
    c, j = k // W1, k % W1
    sums = w.reshape(F, -1) @ x_pad[:, c, j + S * w_] + b[:, None]
    return np.asarray(sums.reshape(len(x), F, W2))


def forward_by_column(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with every column looked up where it lies in the sequence, and left out where it does not."""
    S, pad, W = conv_param["stride"], conv_param["pad"], x.shape[2]
    F, C, W1 = w.shape
    W2 = (W + 2 * pad - W1) // S + 1
    out = np.zeros((len(x), F, W2)) + b[:, None]
    for w_ in range(W2):
        for j in range(W1):
            column = w_ * S + j - pad
            if 0 <= column < W:
                out[:, :, w_] += x[:, :, column] @ w[:, :, j].T
    return out


def dx(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dx (N, C, W), eq. (1.8): every window handed back, all filters at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, W = x.shape
    F, C, W1 = w.shape
    N, F, W2 = dout.shape
    dx_pad = np.zeros((N, C, W + 2 * pad))
    for w_ in range(W2):
        dx_pad[:, :, w_ * S : w_ * S + W1] += np.tensordot(dout[:, :, w_], w, axes=1)
    return dx_pad[:, :, pad : pad + W]


def dx_by_filter(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, filter after filter."""
    dx_pad, S = np.zeros_like(padded(x, conv_param)), conv_param["stride"]
    F, C, W1 = w.shape
    for f in range(F):
        for w_ in range(dout.shape[2]):
            here = dout[:, f, w_][:, None, None]
            dx_pad[:, :, w_ * S : w_ * S + W1] += here * w[f]
    return dx_pad[:, :, conv_param["pad"] : conv_param["pad"] + x.shape[2]]


def dx_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, column of a filter after column: what all windows hand back to that place."""
    dx_pad, S, W2 = np.zeros_like(padded(x, conv_param)), conv_param["stride"], dout.shape[2]
    for j in range(w.shape[2]):
        dx_pad[:, :, j : j + S * W2 : S] += w[:, :, j].T @ dout
    return dx_pad[:, :, conv_param["pad"] : conv_param["pad"] + x.shape[2]]


def dx_by_correlation(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, as a correlation of dout, spread by the stride and padded, with the filters turned round."""
    pad, (N, C, W) = conv_param["pad"], x.shape
    F, C, W1 = w.shape
    S = conv_param["stride"]
    spread = np.zeros((N, F, W + 2 * pad - W1 + 1))
    spread[:, :, ::S] = dout
    framed = np.pad(spread, ((0, 0), (0, 0), (W1 - 1, W1 - 1)))
    turned = w[:, :, ::-1]
    dx_pad = np.zeros((N, C, W + 2 * pad))
    for at in range(W + 2 * pad):
        dx_pad[:, :, at] = np.tensordot(framed[:, :, at : at + W1], turned, axes=((1, 2), (0, 2)))
    return dx_pad[:, :, pad : pad + W]


def dx_by_column(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, column after column, without those that lie outside."""
    S, pad, (N, C, W) = conv_param["stride"], conv_param["pad"], x.shape
    sums = np.zeros((N, C, W))
    for w_ in range(dout.shape[2]):
        for j in range(w.shape[2]):
            column = w_ * S + j - pad
            if 0 <= column < W:
                sums[:, :, column] += dout[:, :, w_] @ w[:, :, j]
    return sums


def dw(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dw (F, C, W1), eq. (1.7): window by window, all sequences at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, W = x.shape
    F, C, W1 = w.shape
    N, F, W2 = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    dw = np.zeros((F, C, W1))
    for w_ in range(W2):
        window = x_pad[:, :, w_ * S : w_ * S + W1]
        dw += np.tensordot(dout[:, :, w_], window, axes=(0, 0))
    return dw


def dw_by_sequence(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, sequence after sequence and filter after filter."""
    x_pad, S, N = padded(x, conv_param), conv_param["stride"], len(x)
    F, C, W1 = w.shape
    sums = np.zeros(w.shape)
    for n in range(N):
        for f in range(F):
            for w_ in range(dout.shape[2]):
                sums[f] += dout[n, f, w_] * x_pad[n, :, w_ * S : w_ * S + W1]
    return sums


def dw_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, column of a filter after column: what all windows read at that place."""
    x_pad, S, W2 = padded(x, conv_param), conv_param["stride"], dout.shape[2]
    sums = np.zeros(w.shape)
    for j in range(w.shape[2]):
        sums[:, :, j] = np.tensordot(dout, x_pad[:, :, j : j + S * W2 : S], axes=((0, 2), (0, 2)))
    return sums


def dw_by_correlation(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, as a correlation of the sequences with dout, spread by the stride."""
    x_pad, S, W1 = padded(x, conv_param), conv_param["stride"], w.shape[2]
    spread = np.zeros((*dout.shape[:2], x_pad.shape[2] - W1 + 1))
    spread[:, :, ::S] = dout
    sums = np.zeros(w.shape)
    for j in range(W1):
        sums[:, :, j] = np.tensordot(spread, x_pad[:, :, j : j + spread.shape[2]], axes=((0, 2), (0, 2)))
    return sums


def dw_by_column(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, column after column, without those that lie outside."""
    S, pad, W = conv_param["stride"], conv_param["pad"], x.shape[2]
    sums = np.zeros(w.shape)
    for w_ in range(dout.shape[2]):
        for j in range(w.shape[2]):
            column = w_ * S + j - pad
            if 0 <= column < W:
                sums[:, :, j] += dout[:, :, w_].T @ x[:, :, column]
    return sums


def dw_by_index(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, as a product with all windows unfolded, columns (N, C·W1, W2)."""
    (F, C, W1), S, (N, _, W2) = w.shape, conv_param["stride"], dout.shape
    k, w_ = np.arange(C * W1)[:, None], np.arange(W2)
    columns = padded(x, conv_param)[:, k // W1, k % W1 + S * w_]
    sums = (dout @ columns.swapaxes(1, 2)).sum(axis=0)
    return np.asarray(sums.reshape(w.shape))


def db(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """db (F,), eq. (1.6)."""
    return np.asarray(dout.sum(axis=(0, 2)))

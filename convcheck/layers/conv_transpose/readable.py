"""Transposed convolution as people write it, one function for each tensor, of which the layer's mistakes are edits.

Where a mistake leaves the same in every way of a tensor, its text is in one of them alone: it is tried once.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convcheck.layers.layer import Array, Params


def sizes_of_output(x: Array, w: Array, conv_param: Params) -> tuple[int, int]:
    """H2 and W2."""
    S, more = conv_param["stride"], conv_param["output_padding"] - 2 * conv_param["pad"]
    return (x.shape[2] - 1) * S + w.shape[2] + more, (x.shape[3] - 1) * S + w.shape[3] + more


def in_size(out: Array, rows: int, columns: int) -> Array:
    """The output, cut or with zeros to so many rows and columns: a mistake in its size leaves no more to compare."""
    given = np.zeros((*out.shape[:2], max(0, rows), max(0, columns)))
    kept = out[:, :, : max(0, rows), : max(0, columns)]
    given[:, :, : kept.shape[2], : kept.shape[3]] = kept
    return given


def padded(dout: Array, conv_param: Params) -> Array:
    """dout with pad zeros on each side: (N, F, H2 + 2·pad, W2 + 2·pad)."""
    around = (conv_param["pad"], conv_param["pad"])
    return np.pad(dout, ((0, 0), (0, 0), around, around))


def reached(dout: Array, x: Array, w: Array, conv_param: Params) -> Iterator[tuple[int, ...]]:
    """Each output (u, v), each entry (r, c) of x that reaches it, and the entry (i, j) of the filters through which."""
    S, pad = (conv_param[name] for name in ("stride", "pad"))
    for u, v, r, c in np.ndindex(*dout.shape[2:], *x.shape[2:]):
        i, j = u + pad - r * S, v + pad - c * S
        if 0 <= i < w.shape[2] and 0 <= j < w.shape[3]:
            yield u, v, r, c, i, j


def forward(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """out (N, F, H2, W2): every entry lays its filters, all channels at once."""
    S, pad, more = conv_param["stride"], conv_param["pad"], conv_param["output_padding"]
    N, C, H, W = x.shape
    C, F, H1, W1 = w.shape
    H2 = (H - 1) * S - 2 * pad + H1 + more
    W2 = (W - 1) * S - 2 * pad + W1 + more
    full = np.zeros((N, F, H2 + 2 * pad, W2 + 2 * pad))
    for h in range(H):
        for w_ in range(W):
            full[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1] += np.tensordot(x[:, :, h, w_], w, axes=1)
    out = full[:, :, pad : pad + H2, pad : pad + W2]
    out[:] = out + b[:, None, None]
    return out


def forward_by_channel(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, channel after channel."""
    S, pad, (H2, W2) = conv_param["stride"], conv_param["pad"], sizes_of_output(x, w, conv_param)
    C, F, H1, W1 = w.shape
    full = np.zeros((len(x), F, H2 + 2 * pad, W2 + 2 * pad))
    for c in range(C):
        for h in range(x.shape[2]):
            for w_ in range(x.shape[3]):
                here = x[:, c, h, w_][:, None, None, None]
                full[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1] += here * w[c]
    return full[:, :, pad : pad + H2, pad : pad + W2] + b[:, None, None]


def forward_by_offset(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry: what all entries of x lay there."""
    S, pad, (H2, W2) = conv_param["stride"], conv_param["pad"], sizes_of_output(x, w, conv_param)
    H, W = x.shape[2:]
    full = np.zeros((len(x), w.shape[1], H2 + 2 * pad + S, W2 + 2 * pad + S))
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            laid = np.tensordot(w[:, :, i, j], x, axes=(0, 1)).swapaxes(0, 1)
            full[:, :, i : i + S * H : S, j : j + S * W : S] += laid
    return full[:, :, pad : pad + H2, pad : pad + W2] + b[:, None, None]


def forward_by_correlation(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, as a correlation of x, spread by the stride and framed, with the filters turned round."""
    pad, (H2, W2) = conv_param["pad"], sizes_of_output(x, w, conv_param)
    S = conv_param["stride"]
    C, F, H1, W1 = w.shape
    spread = np.zeros((len(x), C, H2 + 2 * pad - H1 + 1, W2 + 2 * pad - W1 + 1))
    spread[:, :, : S * x.shape[2] : S, : S * x.shape[3] : S] = x
    framed = np.pad(spread, ((0, 0), (0, 0), (H1 - 1, H1 - 1), (W1 - 1, W1 - 1)))
    turned = w[:, :, ::-1, ::-1]
    full = np.zeros((len(x), F, H2 + 2 * pad, W2 + 2 * pad))
    for y in range(H2 + 2 * pad):
        for x_ in range(W2 + 2 * pad):
            seen = framed[:, :, y : y + H1, x_ : x_ + W1]
            full[:, :, y, x_] = np.tensordot(seen, turned, axes=((1, 2, 3), (0, 2, 3)))
    return full[:, :, pad : pad + H2, pad : pad + W2] + b[:, None, None]


def forward_by_columns(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with what is laid as columns: (N, F·H1·W1, H·W), folded."""
    S, pad, (H2, W2) = conv_param["stride"], conv_param["pad"], sizes_of_output(x, w, conv_param)
    (N, C, H, W), (F, H1, W1) = x.shape, w.shape[1:]
    columns = w.reshape(C, -1).T @ x.reshape(N, C, -1)
    laid = columns.reshape(N, F, H1, W1, H, W)
    full = np.zeros((N, F, H2 + 2 * pad, W2 + 2 * pad))
    for i, j, h, w_ in np.ndindex(H1, W1, H, W):
        full[:, :, i + S * h, j + S * w_] = full[:, :, i + S * h, j + S * w_] + laid[:, :, i, j, h, w_]
    return full[:, :, pad : pad + H2, pad : pad + W2] + b[:, None, None]


def dx(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dx (N, C, H, W): a convolution of dout with the filters, entry of x by entry."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    C, F, H1, W1 = w.shape
    dout_pad = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx = np.zeros((N, C, H, W))
    for h in range(H):
        for w_ in range(W):
            window = dout_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
            dx[:, :, h, w_] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return dx


def dx_by_filter(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, filter after filter."""
    dout_pad, S = padded(dout, conv_param), conv_param["stride"]
    C, F, H1, W1 = w.shape
    sums = np.zeros(x.shape)
    for c in range(C):
        for f in range(F):
            for h in range(x.shape[2]):
                for w_ in range(x.shape[3]):
                    laid = dout_pad[:, f, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    sums[:, c, h, w_] += (laid * w[c, f]).sum(axis=(1, 2))
    return sums


def dx_by_output(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, output after output: what each hands back to the entries of x that reach it."""
    sums = np.zeros(x.shape)
    for u, v, r, c, i, j in reached(dout, x, w, conv_param):
        sums[:, :, r, c] += dout[:, :, u, v] @ w[:, :, i, j].T
    return sums


def dw(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dw (C, F, H1, W1): entry of x by entry, all images at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    C, F, H1, W1 = w.shape
    dout_pad = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dw = np.zeros((C, F, H1, W1))
    for h in range(H):
        for w_ in range(W):
            window = dout_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
            dw += np.tensordot(x[:, :, h, w_], window, axes=(0, 0))
    return dw


def dw_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image and channel after channel."""
    dout_pad, S = padded(dout, conv_param), conv_param["stride"]
    (N, C, H, W), (H1, W1) = x.shape, w.shape[2:]
    sums = np.zeros(w.shape)
    for n in range(N):
        for c in range(C):
            for h in range(H):
                for w_ in range(W):
                    sums[c] += x[n, c, h, w_] * dout_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
    return sums


def dw_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry."""
    S, pad = (conv_param[name] for name in ("stride", "pad"))
    H, W = x.shape[2:]
    dout_pad = np.pad(dout, ((0, 0), (0, 0), (pad, pad + S), (pad, pad + S)))
    sums = np.zeros(w.shape)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            laid = dout_pad[:, :, i : i + S * H : S, j : j + S * W : S]
            sums[:, :, i, j] = np.tensordot(x, laid, axes=((0, 2, 3), (0, 2, 3)))
    return sums


def dw_by_output(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, output after output."""
    sums = np.zeros(w.shape)
    for u, v, r, c, i, j in reached(dout, x, w, conv_param):
        sums[:, :, i, j] += x[:, :, r, c].T @ dout[:, :, u, v]
    return sums


def db(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """db (F,)."""
    return np.asarray(dout.sum(axis=(0, 2, 3)))

"""Convolution of volumes as people write it, one function for each tensor, of which the layer's mistakes are edits.

Where a mistake leaves the same in every way of a tensor, its text is in one of them alone: it is tried once.
"""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def padded(x: Array, conv_param: Params) -> Array:
    """The volumes with zeros around them: (N, C, T + 2·pad, H + 2·pad, W + 2·pad)."""
    around = (conv_param["pad"], conv_param["pad"])
    return np.pad(x, ((0, 0), (0, 0), around, around, around))


def without_padding(dx_pad: Array, x: Array, conv_param: Params) -> Array:
    """The volumes without what is around them."""
    pad, (T, H, W) = conv_param["pad"], x.shape[2:]
    return dx_pad[:, :, pad : pad + T, pad : pad + H, pad : pad + W]


def windows_in(x: Array, w: Array, conv_param: Params) -> tuple[int, ...]:
    """T2, H2 and W2, eq. (1.2)."""
    S, pad = (conv_param[name] for name in ("stride", "pad"))
    return tuple((n + 2 * pad - k) // S + 1 for n, k in zip(x.shape[2:], w.shape[2:], strict=True))


def in_size(out: Array, *lengths: int) -> Array:
    """The output, cut or with zeros to these lengths: a mistake in its size leaves no more to compare."""
    given = np.zeros((*out.shape[:2], *(max(0, n) for n in lengths)))
    kept = out[:, :, : max(0, lengths[0]), : max(0, lengths[1]), : max(0, lengths[2])]
    given[:, :, : kept.shape[2], : kept.shape[3], : kept.shape[4]] = kept
    return given


def forward(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """out (N, F, T2, H2, W2), eq. (1.5): window by window, all volumes at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, T, H, W = x.shape
    F, C, T1, H1, W1 = w.shape
    T2 = (T + 2 * pad - T1) // S + 1
    H2 = (H + 2 * pad - H1) // S + 1
    W2 = (W + 2 * pad - W1) // S + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, T2, H2, W2))
    for t, h, w_ in np.ndindex(T2, H2, W2):
        window = x_pad[:, :, t * S : t * S + T1, h * S : h * S + H1, w_ * S : w_ * S + W1]
        for f in range(F):
            out[:, f, t, h, w_] = (window * w[f]).sum(axis=(1, 2, 3, 4)) + b[f]
    return out


def forward_by_channel(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, adding up channel after channel and frame after frame."""
    x_pad, S, N = padded(x, conv_param), conv_param["stride"], len(x)
    F, C, T1, H1, W1 = w.shape
    T2, H2, W2 = windows_in(x, w, conv_param)
    sums = np.zeros((N, F, T2, H2, W2))
    for f, c, k in np.ndindex(F, C, T1):
        for t, h, w_ in np.ndindex(T2, H2, W2):
            read = x_pad[:, c, t * S + k, h * S : h * S + H1, w_ * S : w_ * S + W1]
            sums[:, f, t, h, w_] += (read * w[f, c, k]).sum(axis=(1, 2))
    return sums + b[:, None, None, None]


def forward_by_voxel(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, voxel after voxel, without those that lie outside."""
    S, pad = (conv_param[name] for name in ("stride", "pad"))
    T, H, W = x.shape[2:]
    sums = np.zeros((len(x), len(w), *windows_in(x, w, conv_param))) + b[:, None, None, None]
    for t, h, w_ in np.ndindex(sums.shape[2:]):
        for k, i, j in np.ndindex(w.shape[2:]):
            z, y, x_ = t * S + k - pad, h * S + i - pad, w_ * S + j - pad
            if 0 <= z < T and 0 <= y < H and 0 <= x_ < W:
                sums[:, :, t, h, w_] = sums[:, :, t, h, w_] + x[:, :, z, y, x_] @ w[:, :, k, i, j].T
    return sums


def dx(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dx (N, C, T, H, W), eq. (1.8): every window handed back, all filters at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, T, H, W = x.shape
    F, C, T1, H1, W1 = w.shape
    N, F, T2, H2, W2 = dout.shape
    dx_pad = np.zeros((N, C, T + 2 * pad, H + 2 * pad, W + 2 * pad))
    for t, h, w_ in np.ndindex(T2, H2, W2):
        window = np.s_[:, :, t * S : t * S + T1, h * S : h * S + H1, w_ * S : w_ * S + W1]
        dx_pad[window] += np.tensordot(dout[:, :, t, h, w_], w, axes=1)
    return dx_pad[:, :, pad : pad + T, pad : pad + H, pad : pad + W]


def dx_by_filter(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, filter after filter."""
    dx_pad, S = np.zeros_like(padded(x, conv_param)), conv_param["stride"]
    F, C, T1, H1, W1 = w.shape
    for f in range(F):
        for t, h, w_ in np.ndindex(dout.shape[2:]):
            here = dout[:, f, t, h, w_][:, None, None, None, None]
            dx_pad[:, :, t * S :, h * S :, w_ * S :][:, :, :T1, :H1, :W1] += here * w[f]
    return without_padding(dx_pad, x, conv_param)


def dx_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry: what all windows hand back to that place."""
    dx_pad, S = np.zeros_like(padded(x, conv_param)), conv_param["stride"]
    T2, H2, W2 = dout.shape[2:]
    for k, i, j in np.ndindex(w.shape[2:]):
        back = np.moveaxis(np.tensordot(dout, w[:, :, k, i, j], axes=(1, 0)), 4, 1)
        dx_pad[:, :, k : k + S * T2 : S, i : i + S * H2 : S, j : j + S * W2 : S] += back
    return without_padding(dx_pad, x, conv_param)


def dx_by_frame(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, frame after frame: what a frame of the filters hands back to it."""
    dx_pad, S = np.zeros_like(padded(x, conv_param)), conv_param["stride"]
    T2, H2, W2 = dout.shape[2:]
    H1, W1 = w.shape[3:]
    for t, k in np.ndindex(T2, w.shape[2]):
        back = np.zeros_like(dx_pad[:, :, 0])
        for h, w_ in np.ndindex(H2, W2):
            place = np.s_[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
            back[place] = back[place] + np.tensordot(dout[:, :, t, h, w_], w[:, :, k], axes=1)
        dx_pad[:, :, t * S + k] += back
    return without_padding(dx_pad, x, conv_param)


def dx_by_voxel(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, voxel after voxel, without those that lie outside."""
    S, pad = (conv_param[name] for name in ("stride", "pad"))
    T, H, W = x.shape[2:]
    sums = np.zeros(x.shape)
    for t, h, w_ in np.ndindex(dout.shape[2:]):
        for k, i, j in np.ndindex(w.shape[2:]):
            z, y, x_ = t * S + k - pad, h * S + i - pad, w_ * S + j - pad
            if 0 <= z < T and 0 <= y < H and 0 <= x_ < W:
                sums[:, :, z, y, x_] = sums[:, :, z, y, x_] + dout[:, :, t, h, w_] @ w[:, :, k, i, j]
    return sums


def dw(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """dw (F, C, T1, H1, W1), eq. (1.7): window by window, all volumes at once."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, T, H, W = x.shape
    F, C, T1, H1, W1 = w.shape
    N, F, T2, H2, W2 = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad), (pad, pad)))
    dw = np.zeros((F, C, T1, H1, W1))
    for t, h, w_ in np.ndindex(T2, H2, W2):
        window = np.s_[:, :, t * S : t * S + T1, h * S : h * S + H1, w_ * S : w_ * S + W1]
        dw += np.tensordot(dout[:, :, t, h, w_], x_pad[window], axes=(0, 0))
    return dw


def dw_by_volume(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, volume after volume and filter after filter."""
    x_pad, S, N = padded(x, conv_param), conv_param["stride"], len(x)
    F, C, T1, H1, W1 = w.shape
    sums = np.zeros(w.shape)
    for n in range(N):
        for f in range(F):
            for t, h, w_ in np.ndindex(dout.shape[2:]):
                read = x_pad[n, :, t * S :, h * S :, w_ * S :][:, :T1, :H1, :W1]
                sums[f] += dout[n, f, t, h, w_] * read
    return sums


def dw_by_voxel(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, voxel after voxel, without those that lie outside."""
    S, pad = (conv_param[name] for name in ("stride", "pad"))
    T, H, W = x.shape[2:]
    sums = np.zeros(w.shape)
    for t, h, w_ in np.ndindex(dout.shape[2:]):
        for k, i, j in np.ndindex(w.shape[2:]):
            z, y, x_ = t * S + k - pad, h * S + i - pad, w_ * S + j - pad
            if 0 <= z < T and 0 <= y < H and 0 <= x_ < W:
                sums[:, :, k, i, j] += dout[:, :, t, h, w_].T @ x[:, :, z, y, x_]
    return sums


def db(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """db (F,), eq. (1.6)."""
    return np.asarray(dout.sum(axis=(0, 2, 3, 4)))

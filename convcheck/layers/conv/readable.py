"""Convolution as people write it, one function for each tensor, of which the layer's mistakes are edits.

Where a mistake leaves the same in every way of a tensor, its text is in one of them alone: it is tried once.

Dilated filters, and filters of groups, are filters as any others with zeros in them: `filled` makes these of them, so
that what is written here without either is right for both. What people get wrong in just that is in the ways by group.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np

from convcheck.layers.layer import Array, Params


class NotTheFilters(Exception):
    """What came for the gradient of filled filters has another shape."""


def entries_of(w: Array, conv_param: Params) -> tuple[Array, ...]:
    """Where the entries of the filters w (F, C', H1, W1) are among those of the filled ones, as an index."""
    D, G = conv_param.get("dilation", 1), conv_param.get("groups", 1)
    f, c, i, j = np.ogrid[tuple(slice(n) for n in w.shape)]
    return f, f * G // len(w) * w.shape[1] + c, i * D, j * D


def filled(w: Array, conv_param: Params) -> Array:
    """Filters w (F, C', H1, W1) with zeros for the channels of other groups, and between their rows and columns."""
    D, G = conv_param.get("dilation", 1), conv_param.get("groups", 1)
    F, channels, H1, W1 = w.shape
    whole = np.zeros((F, channels * G, D * (H1 - 1) + 1, D * (W1 - 1) + 1))
    whole[entries_of(w, conv_param)] = w
    return whole


def is_plain(conv_param: Params) -> bool:
    """Whether there is no dilation and one group."""
    return bool(conv_param.get("dilation", 1) == conv_param.get("groups", 1) == 1)


def of_filled(forward: Callable[..., Array]) -> Callable[..., Array]:
    """The same for dilated filters and filters of groups."""

    @wraps(forward)
    def of_any(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
        if is_plain(conv_param):
            return forward(x, w, b, conv_param)
        plain = {"stride": conv_param["stride"], "pad": conv_param["pad"]}
        return forward(x, filled(w, conv_param), b, plain)

    return of_any


def gradient_of_filled(gradient: Callable[..., Array]) -> Callable[..., Array]:
    """The same for dilated filters and filters of groups."""

    @wraps(gradient)
    def of_any(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
        if is_plain(conv_param):
            return gradient(dout, x, w, b, conv_param)
        plain = {"stride": conv_param["stride"], "pad": conv_param["pad"]}
        whole = filled(w, conv_param)
        made = gradient(dout, x, whole, b, plain)
        if not gradient.__name__.startswith("dw"):
            return made
        if made.shape != whole.shape:
            raise NotTheFilters(made.shape)
        return made[entries_of(w, conv_param)]

    return of_any


def padded(x: Array, conv_param: Params) -> Array:
    """The images with zeros around them: (N, C, H + 2·pad, W + 2·pad)."""
    around = (conv_param["pad"], conv_param["pad"])
    return np.pad(x, ((0, 0), (0, 0), around, around))


def without_padding(dx_pad: Array, conv_param: Params) -> Array:
    """The images without what is around them."""
    pad, (rows, columns) = conv_param["pad"], dx_pad.shape[2:]
    return dx_pad[:, :, pad : rows - pad, pad : columns - pad]


def windows_in(x: Array, w: Array, conv_param: Params) -> tuple[int, int]:
    """H2 and W2, eq. (1.2)."""
    (H, W), (H1, W1), around = x.shape[2:], w.shape[2:], 2 * conv_param["pad"]
    return (H + around - H1) // conv_param["stride"] + 1, (W + around - W1) // conv_param["stride"] + 1


def windows_that_fit(x_pad: Array, reach: list[int], S: int) -> tuple[int, int]:
    """H2 and W2, of windows that reach over so many rows and columns of the padded image."""
    rows, columns = ((n - k) // S + 1 for n, k in zip(x_pad.shape[2:], reach, strict=True))
    return rows, columns


def looked_up(x: Array, inside: Array, at: Array) -> Array:
    """The pixels at these places in memory, zero where that is not `inside` the image, NaN past the end of it."""
    memory = np.append(x.ravel(), np.nan)
    return np.where(inside, memory[np.clip(at, 0, x.size)], 0.0)


def none_past_the_end(sums: Array) -> Array:
    """What was added up. Raises IndexError where something was read past the end."""
    if np.isnan(sums).any():
        raise IndexError("a pixel past the end")
    return sums


def in_size(out: Array, rows: int, columns: int) -> Array:
    """The output, cut or with zeros to so many rows and columns: a mistake in its size leaves no more to compare."""
    given = np.zeros((*out.shape[:2], max(0, rows), max(0, columns)))
    kept = out[:, :, : max(0, rows), : max(0, columns)]
    given[:, :, : kept.shape[2], : kept.shape[3]] = kept
    return given


@of_filled
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


@of_filled
def forward_by_channel(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, adding up channel after channel."""
    x_pad, S = padded(x, conv_param), conv_param["stride"]
    F, C, H1, W1 = w.shape
    H2, W2 = windows_in(x, w, conv_param)
    sums = np.zeros((len(x), F, H2, W2))
    for f in range(F):
        for c in range(C):
            for h in range(H2):
                for w_ in range(W2):
                    read = x_pad[:, c, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    sums[:, f, h, w_] += (read * w[f, c]).sum(axis=(1, 2))
    return sums + b[:, None, None]


@of_filled
def forward_by_index(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with all windows unfolded: entry k of window p is read from channel c, row i + S·h, column j + S·w_."""
    S = conv_param["stride"]
    F, C, H1, W1 = w.shape
    H2, W2 = windows_in(x, w, conv_param)
    k, p = np.arange(C * H1 * W1)[:, None], np.arange(H2 * W2)
    c, i, j = k // (H1 * W1), k // W1 % H1, k % W1
    h, w_ = p // W2, p % W2
    columns = padded(x, conv_param)[:, c, i + S * h, j + S * w_]
    sums = w.reshape(F, -1) @ columns + b[:, None]
    return np.asarray(sums.reshape(len(x), F, H2, W2))


@of_filled
def forward_by_address(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with every pixel looked up by its place in memory."""
    pad, (N, C, H, W) = conv_param["pad"], x.shape
    n, c, y, x_ = np.ogrid[:N, :C, -pad : H + pad, -pad : W + pad]
    inside = (y >= 0) & (y < H) & (x_ >= 0) & (x_ < W)
    at = ((n * C + c) * H + y) * W + x_
    x_pad = looked_up(x, inside, at)
    return none_past_the_end(forward(x_pad, w, b, {**conv_param, "pad": 0}))


def forward_by_group(x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with dilation D: of a window every D-th row and column, and the channels of the filter's group g."""
    S, D, G = conv_param["stride"], conv_param.get("dilation", 1), conv_param.get("groups", 1)
    F, channels, H1, W1 = w.shape
    x_pad = padded(x, conv_param)
    H2, W2 = windows_that_fit(x_pad, [D * (k - 1) + 1 for k in (H1, W1)], S)
    sums = np.zeros((len(x), F, H2, W2))
    for f in range(F):
        g = f * G // F
        read = x_pad[:, g * channels : (g + 1) * channels]
        for h in range(H2):
            for w_ in range(W2):
                apart = read[:, :, h * S : h * S + D * (H1 - 1) + 1 : D, w_ * S : w_ * S + D * (W1 - 1) + 1 : D]
                sums[:, f, h, w_] = (apart * w[f]).sum(axis=(1, 2, 3))
    return b[:, None, None] + sums


@gradient_of_filled
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


@gradient_of_filled
def dx_by_filter(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, filter after filter."""
    dx_pad, S = np.zeros_like(padded(x, conv_param)), conv_param["stride"]
    F, C, H1, W1 = w.shape
    for f in range(F):
        for h in range(dout.shape[2]):
            for w_ in range(dout.shape[3]):
                here = dout[:, f, h, w_][:, None, None, None]
                dx_pad[:, :, h * S : h * S + H1, w_ * S : w_ * S + W1] += here * w[f]
    return without_padding(dx_pad, conv_param)


def dx_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry: what all windows hand back to that place."""
    dx_pad, S, D = np.zeros_like(padded(x, conv_param)), conv_param["stride"], conv_param.get("dilation", 1)
    H2, W2 = dout.shape[2:]
    w = filled(w, {**conv_param, "dilation": 1})
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            back = np.tensordot(w[:, :, i, j], dout, axes=(0, 1)).swapaxes(0, 1)
            dx_pad[:, :, i * D : i * D + S * H2 : S, j * D : j * D + S * W2 : S] += back
    return without_padding(dx_pad, conv_param)


def dx_by_window(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, window after window, with dilation."""
    dx_pad, S, D = np.zeros_like(padded(x, conv_param)), conv_param["stride"], conv_param.get("dilation", 1)
    filters, places = filled(w, {**conv_param, "dilation": 1}), np.moveaxis(dout, (2, 3), (0, 1))
    for h, w_ in np.ndindex(places.shape[:2]):
        rows, columns = h * S + D * np.arange(w.shape[2])[:, None], w_ * S + D * np.arange(w.shape[3])
        dx_pad[:, :, rows, columns] += np.tensordot(places[h, w_], filters, axes=1)
    return without_padding(dx_pad, conv_param)


@gradient_of_filled
def dx_by_address(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with every pixel looked up by its place in memory."""
    pad, (N, C, H, W) = conv_param["pad"], x.shape
    n, c, y, x_ = np.ogrid[:N, :C, -pad : H + pad, -pad : W + pad]
    inside = (y >= 0) & (y < H) & (x_ >= 0) & (x_ < W)
    at = ((n * C + c) * H + y) * W + x_
    dx_pad = dx(dout, padded(x, conv_param), w, b, {**conv_param, "pad": 0})
    shape = dx_pad.shape
    inside, at = np.broadcast_to(inside, shape), np.broadcast_to(at, shape)
    memory = np.zeros(x.size)
    np.add.at(memory, at[inside], dx_pad[inside])
    return memory.reshape(x.shape)


def dx_by_group(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with dilation D: of a window every D-th row and column, and the channels of the filter's group g."""
    S, D, G = conv_param["stride"], conv_param.get("dilation", 1), conv_param.get("groups", 1)
    F, channels, H1, W1 = w.shape
    sums = np.zeros_like(padded(x, conv_param))
    for f in range(F):
        g = f * G // F
        read = sums[:, g * channels : (g + 1) * channels]
        for h in range(dout.shape[2]):
            for w_ in range(dout.shape[3]):
                read[:, :, h * S : h * S + D * (H1 - 1) + 1 : D, w_ * S : w_ * S + D * (W1 - 1) + 1 : D] += (
                    dout[:, f, h, w_][:, None, None, None] * w[f]
                )
    return without_padding(sums, conv_param)


@gradient_of_filled
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


@gradient_of_filled
def dw_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image and filter after filter."""
    x_pad, S = padded(x, conv_param), conv_param["stride"]
    N = len(x)
    F, C, H1, W1 = w.shape
    sums = np.zeros(w.shape)
    for n in range(N):
        for f in range(F):
            for h in range(dout.shape[2]):
                for w_ in range(dout.shape[3]):
                    read = x_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    sums[f] += dout[n, f, h, w_] * read
    return sums


@gradient_of_filled
def dw_by_offset(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, entry of a filter after entry: what all windows read at that place."""
    x_pad, S = padded(x, conv_param), conv_param["stride"]
    H2, W2 = dout.shape[2:]
    sums = np.zeros(w.shape)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            read = x_pad[:, :, i : i + S * H2 : S, j : j + S * W2 : S]
            sums[:, :, i, j] = np.tensordot(dout, read, axes=((0, 2, 3), (0, 2, 3)))
    return sums


@gradient_of_filled
def dw_by_pixel(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, pixel after pixel, without those that lie outside."""
    S, (N, C, H, W) = conv_param["stride"], x.shape
    sums = np.zeros(w.shape)
    for h, w_, i, j in np.ndindex(*dout.shape[2:], *w.shape[2:]):
        row, column = h * S + i - conv_param["pad"], w_ * S + j - conv_param["pad"]
        if 0 <= row < H and 0 <= column < W:
            sums[:, :, i, j] += dout[..., h, w_].T @ x[:, :, row, column]
    return sums


@gradient_of_filled
def dw_by_pixel_of_an_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image."""
    S, (N, C, H, W) = conv_param["stride"], x.shape
    sums = np.zeros(w.shape)
    for n, h, w_, i, j in np.ndindex(N, *dout.shape[2:], *w.shape[2:]):
        row, column = h * S + i - conv_param["pad"], w_ * S + j - conv_param["pad"]
        if 0 <= row < H and 0 <= column < W:
            sums[:, :, i, j] += np.outer(dout[n, :, h, w_], x[n, :, row, column])
    return sums


@gradient_of_filled
def dw_by_index(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, as a product with all windows unfolded, columns (N, C·H1·W1, H2·W2)."""
    (F, C, H1, W1), S, N = w.shape, conv_param["stride"], len(x)
    H2, W2 = dout.shape[2:]
    k, p = np.arange(C * H1 * W1)[:, None], np.arange(H2 * W2)
    columns = padded(x, conv_param)[:, k // (H1 * W1), k // W1 % H1 + S * (p // W2), k % W1 + S * (p % W2)]
    sums = (dout.reshape(N, F, -1) @ columns.swapaxes(1, 2)).sum(axis=0)
    return np.asarray(sums.reshape(w.shape))


@gradient_of_filled
def dw_by_address(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with every pixel looked up by its place in memory."""
    pad, (N, C, H, W) = conv_param["pad"], x.shape
    n, c, y, x_ = np.ogrid[:N, :C, -pad : H + pad, -pad : W + pad]
    inside = (y >= 0) & (y < H) & (x_ >= 0) & (x_ < W)
    at = ((n * C + c) * H + y) * W + x_
    x_pad = looked_up(x, inside, at)
    return none_past_the_end(dw(dout, x_pad, w, b, {**conv_param, "pad": 0}))


def dw_by_group(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, with dilation D: of a window every D-th row and column, and the channels of the filter's group g."""
    S, D, G = conv_param["stride"], conv_param.get("dilation", 1), conv_param.get("groups", 1)
    F, channels, H1, W1 = w.shape
    x_pad = padded(x, conv_param)
    total = np.zeros(w.shape)
    for f in range(F):
        g = f * G // F
        read = x_pad[:, g * channels : (g + 1) * channels]
        for h in range(dout.shape[2]):
            for w_ in range(dout.shape[3]):
                apart = read[:, :, h * S : h * S + D * (H1 - 1) + 1 : D, w_ * S : w_ * S + D * (W1 - 1) + 1 : D]
                total[f] = total[f] + np.tensordot(dout[:, f, h, w_], apart, axes=1)
    return total


def db(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """db (F,), eq. (1.6)."""
    return np.asarray(dout.sum(axis=(0, 2, 3)))


def db_by_image(dout: Array, x: Array, w: Array, b: Array, conv_param: Params) -> Array:
    """The same, image after image."""
    sums = np.zeros(b.shape)
    for n in range(len(dout)):
        sums += dout[n].sum(axis=(1, 2))
    return sums

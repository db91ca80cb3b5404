"""Windows along an axis: how many fit, how many indices they read, and the windows of an image as a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import gcd
from typing import Any

import numpy as np

from convcheck.layers.layer import Array
from convcheck.spec.sizes import Problem, Sizes


def windows_that_fit(length: int, window: int, stride: int) -> int:
    """H2 of eq. (1.2), floored: how many windows fit on `length` indices when each starts `stride` after the last."""
    return (length - window) // stride + 1


def reach_of(window: int, dilation: int) -> int:
    """How many indices a window reaches over whose entries lie `dilation` apart."""
    return dilation * (window - 1) + 1


def indices_unread(length: int, window: int, stride: int) -> int:
    """How many of `length` indices lie in no window: those past the last window, and the gaps where stride > window."""
    count = windows_that_fit(length, window, stride)
    read = window * count if stride > window else window + stride * (count - 1)
    return length - read


class WindowSizes(Sizes):
    """The sizes of a layer whose windows slide over padded images, with these among its fields."""

    H: int
    W: int
    H1: int
    W1: int
    stride: int
    pad: int

    @property
    def reach(self) -> tuple[int, int]:
        """How many rows and columns a window reaches over."""
        return self.H1, self.W1

    @property
    def H2(self) -> int:
        """Rows of the output, eq. (1.2)."""
        return windows_that_fit(self.H + 2 * self.pad, self.reach[0], self.stride)

    @property
    def W2(self) -> int:
        """Columns of the output, eq. (1.2)."""
        return windows_that_fit(self.W + 2 * self.pad, self.reach[1], self.stride)

    def unread(self) -> tuple[int, ...]:
        """Rows and columns of the padded images that no window reads."""
        return (
            indices_unread(self.H + 2 * self.pad, self.H1, self.stride),
            indices_unread(self.W + 2 * self.pad, self.W1, self.stride),
        )


def indices_read(length: int, window: int, stride: int, dilation: int = 1) -> Array:
    """Which of `length` indices lie in a window, as a mask."""
    starts = np.arange(windows_that_fit(length, reach_of(window, dilation), stride)) * stride
    read = np.zeros(length, dtype=bool)
    read[(starts[:, None] + np.arange(window) * dilation).ravel()] = True
    return read


def entries_inside(length: int, window: int, stride: int, pad: int) -> Array:
    """For each window on `length` indices with `pad` more at both ends, how many of its indices are none of those."""
    starts = np.arange(windows_that_fit(length + 2 * pad, window, stride)) * stride - pad
    return np.asarray(np.minimum(starts + window, length) - np.maximum(starts, 0))


def windows_inside(
    image: tuple[int, ...], window: tuple[int, int], stride: int, pad: int
) -> Iterator[tuple[int, int, slice, slice]]:
    """Each window (h, w) of a padded image, with its rows and columns that lie in the image."""
    (H, W), (H1, W1) = image, window
    for h in range(windows_that_fit(H + 2 * pad, H1, stride)):  # (1.2)
        for w in range(windows_that_fit(W + 2 * pad, W1, stride)):
            top, left = h * stride - pad, w * stride - pad
            yield h, w, slice(max(0, top), min(H, top + H1)), slice(max(0, left), min(W, left + W1))


def reach_problems(sizes: WindowSizes) -> Iterator[Problem]:
    """A filter, dilated or not, that is larger than the padded image."""
    for window, length, reached in (("H1", "H", sizes.reach[0]), ("W1", "W", sizes.reach[1])):
        k, n, pad = getattr(sizes, window), getattr(sizes, length), sizes.pad
        if reached > n + 2 * pad:
            total = f"{length} + 2·pad = {n} + 2·{pad} = {n + 2 * pad}"
            far = f"dilation·({window} - 1) + 1 = {getattr(sizes, 'dilation', 1)}·{k - 1} + 1 = {reached}"
            said = f"{window} = {k}" if reached == k else far
            yield Problem(window, f"{said} is more than {total}: no window fits")


def pad_problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    """A window that is larger than the padded image, and one that holds nothing but padding, in the sizes of a pool."""
    pad = given["pad"]
    for window, length in (("H1", "H"), ("W1", "W")):
        k, n = given[window], given[length]
        if k > n + 2 * pad:
            total = f"{length} + 2·pad = {n} + 2·{pad} = {n + 2 * pad}" if pad else f"{length} = {n}"
            yield Problem(window, f"{window} = {k} is more than {total}: no window fits")
        elif pad >= k:
            yield Problem("pad", f"pad = {pad} is not less than {window} = {k}: the first window is in the padding")


def windows_over_an_index(window: int, stride: int, count: int, dilation: int = 1) -> int:
    """The largest number of windows, of `count` in all, that can read one index."""
    # Two of them read it at offsets i·dilation that are a multiple of the stride apart.
    return min(-(-window // (stride // gcd(stride, dilation))), count)


def windows_of(x: Array, window: tuple[int, int], stride: int, dilation: int = 1) -> Array:
    """Every window of every image, as a read-only view: (N, C, H, W) -> (N, C, H2, W2, H1, W1)."""
    x = np.ascontiguousarray(x)
    N, C, H, W = x.shape
    n, c, h, w = x.strides
    H2, W2 = (windows_that_fit(size, reach_of(k, dilation), stride) for size, k in zip((H, W), window, strict=True))
    shape = (N, C, H2, W2, *window)
    # What np.lib.stride_tricks has for it takes as long as a small convolution. This, too, stays within x, or raises.
    windows = np.ndarray(shape, x.dtype, x, 0, (n, c, h * stride, w * stride, h * dilation, w * dilation))
    windows.flags.writeable = False
    return windows


def indices_met(offset: int, count: int, stride: int) -> slice:
    """The indices hS + offset that one offset in a window meets over all windows, of which there are `count`."""
    return slice(offset, offset + stride * (count - 1) + 1, stride)


def offsets_in(window: tuple[int, int], count: tuple[int, int], stride: int) -> Iterator[tuple[int, int, slice, slice]]:
    """Each offset (i, j) in a window, with the rows hS + i and the columns wS + j that it meets over all windows."""
    for i in range(window[0]):
        for j in range(window[1]):
            yield i, j, indices_met(i, count[0], stride), indices_met(j, count[1], stride)


def padded(x: Array, pad: int, value: float = 0.0) -> Array:
    """x_pad of the paper: (N, C, H, W) -> (N, C, H + 2·pad, W + 2·pad); or padded with another value.

    Of any number of axes: all but the first two are padded.
    """
    # np.pad takes longer to read its arguments than a small image takes to copy.
    shape = (*x.shape[:2], *(n + 2 * pad for n in x.shape[2:]))
    x_pad = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)
    inside: list[slice] = [slice(None), slice(None), *(slice(pad, pad + n) for n in x.shape[2:])]
    x_pad[tuple(inside)] = x
    return x_pad

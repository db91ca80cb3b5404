"""Max-pool: the largest entry of every window, channel by channel.

The paper leaves this layer out ("straightforward, looks like the ReLU"); its letters are kept. Source: CS231n,
assignment 2; V. Busa, Implementing Convolutional Layer (2017), introduction.

    forward   a[n,c,h,w] = max_{i,j} x[n,c,hS+i,wS+j],   H2 = ⌊(H - H1) / stride⌋ + 1, and W2 likewise         (1.2)
    dx        dx[n,c,h1,w1] = Σ_{h,w} dout[n,c,h,w] 1{(h1,w1) is the winner of window (h,w)}

The winner is the first of the largest entries, row by row. Where stride < H1 or stride < W1 windows overlap, and an
entry that wins several of them has the sum of their gradients.

The output is piecewise linear in x, with kinks where two entries of a window tie.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import Same, Window
from convcheck.layers.windows import (
    indices_unread,
    offsets_in,
    windows_of,
    windows_over_an_index,
    windows_that_fit,
)
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape, Sizes


@dataclass(frozen=True)
class MaxPoolSizes(Sizes):
    """The sizes of the images and of the window."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    H1: int = size("rows of a window")
    W1: int = size("columns of a window")
    stride: int = size("rows, and columns, from one window to the next")

    @property
    def H2(self) -> int:
        """Rows of the output, eq. (1.2)."""
        return windows_that_fit(self.H, self.H1, self.stride)

    @property
    def W2(self) -> int:
        """Columns of the output, eq. (1.2)."""
        return windows_that_fit(self.W, self.W1, self.stride)

    def problems(self) -> Iterator[Problem]:
        """A window that is larger than the image."""
        for window, length in (("H1", "H"), ("W1", "W")):
            k, n = getattr(self, window), getattr(self, length)
            if k > n:
                yield Problem(window, f"{window} = {k} is more than {length} = {n}: no window fits")

    def shapes(self) -> dict[str, Shape]:
        """x and out."""
        return {"x": (self.N, self.C, self.H, self.W), "out": (self.N, self.C, self.H2, self.W2)}

    def workspace(self) -> int:
        """Entries of all windows written out side by side."""
        return self.N * self.C * self.H2 * self.W2 * self.H1 * self.W1

    def unread(self) -> tuple[int, int]:
        """Rows and columns of the images that no window reads."""
        return indices_unread(self.H, self.H1, self.stride), indices_unread(self.W, self.W1, self.stride)


def max_pool_facts(sizes: MaxPoolSizes) -> Facts:
    """Kinked in x; an entry reaches the windows that cover it, in its own image and channel."""
    s = sizes
    shapes = s.shapes()
    ties = (Same(0), Same(1), Window(2, s.H1, s.stride), Window(3, s.W1, s.stride))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H2)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W2)
    return Facts(
        inputs=(Input("x", shapes["x"], "kinked", ties, ("n", "c", "h", "w")),),
        output=shapes["out"],
        sums={"forward": Sum(("x",), 1), "dx": Sum(("dout",), over_a_row * over_a_column)},
    )


def max_pool_params(sizes: MaxPoolSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """pool_param of CS231n: {"pool_height", "pool_width", "stride"}."""
    return {"pool_height": sizes.H1, "pool_width": sizes.W1, "stride": sizes.stride}


def max_pool_forward_naive(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. One window at a time."""
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H2, W2 = windows_that_fit(H, H1, S), windows_that_fit(W, W1, S)  # (1.2)
    out = np.zeros((N, C, H2, W2), x.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(H2):
                for w in range(W2):
                    out[n, c, h, w] = np.max(x[n, c, h * S : h * S + H1, w * S : w * S + W1])
    return out, (x, pool_param)


def max_pool_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). The gradient goes to the winner; overlapping windows add up."""
    x, pool_param = cache
    H1, W1, S = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H2, W2 = dout.shape
    dx = np.zeros(x.shape, dout.dtype)
    for n in range(N):
        for c in range(C):
            for h in range(H2):
                for w in range(W2):
                    window = x[n, c, h * S : h * S + H1, w * S : w * S + W1]
                    # argmax takes the first of equals, in the order of rows.
                    i, j = divmod(int(np.argmax(window)), W1)
                    dx[n, c, h * S + i, w * S + j] += dout[n, c, h, w]
    return dx


def max_pool_forward_vectorized(x: Array, pool_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W) -> out (N, C, H2, W2), cache. All windows at once."""
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    windows = windows_of(x, window, S)  # (N, C, H2, W2, H1, W1)
    candidates = windows.reshape(*windows.shape[:4], -1)  # (N, C, H2, W2, H1·W1)
    winner = np.argmax(candidates, axis=4)
    out = np.take_along_axis(candidates, winner[..., None], axis=4)[..., 0]
    return out, (winner, x.shape, pool_param)


def max_pool_backward_vectorized(dout: Array, cache: Any) -> Array:
    """dout (N, C, H2, W2) -> dx (N, C, H, W). For each offset in a window: the windows in which that offset won."""
    winner, x_shape, pool_param = cache
    window, S = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
    dx = np.zeros(x_shape, dout.dtype)
    for i, j, rows, columns in offsets_in(window, dout.shape[2:], S):
        won = winner == i * window[1] + j
        dx[:, :, rows, columns] += np.where(won, dout, dout.dtype.type(0))
    return dx


LAYER = Layer(
    name="max_pool",
    summary="the largest entry of every H1 × W1 window, channel by channel",
    sizes=MaxPoolSizes,
    input_names=("x",),
    facts=max_pool_facts,
    params=max_pool_params,
    variants={
        "naive": Variant(max_pool_forward_naive, max_pool_backward_naive, "one window at a time"),
        "vectorized": Variant(max_pool_forward_vectorized, max_pool_backward_vectorized, "all windows at once"),
    },
    equations={
        "forward": "a[n,c,h,w] = max_{i,j} x[n,c,hS+i,wS+j]",
        "dx": "Σ_{h,w} dout[n,c,h,w] 1{(h1,w1) is the winner of window (h,w)}",
    },
)

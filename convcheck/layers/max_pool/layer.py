"""Max-pool: the largest entry of every window, channel by channel.

The paper leaves this layer out ("straightforward, looks like the ReLU"); its letters are kept. Source: CS231n,
assignment 2; V. Busa, Implementing Convolutional Layer (2017), introduction.

    forward   a[n,c,h,w] = max_{i,j} x[n,c,hS+i-pad,wS+j-pad], over what lies in the image
              H2 = ⌊(H + 2·pad - H1) / stride⌋ + 1, and W2 likewise                                            (1.2)
    dx        dx[n,c,h1,w1] = Σ_{h,w} dout[n,c,h,w] 1{(h1,w1) is the winner of window (h,w)}

Padding never wins: it is minus infinity. The winner is the first of the largest entries, row by row. Where stride < H1
or stride < W1 windows overlap, and an entry that wins several of them has the sum of their gradients.

The output is piecewise linear in x, with kinks where two entries of a window tie.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import Same, Window
from convcheck.layers.max_pool.naive import max_pool_backward_naive, max_pool_forward_naive
from convcheck.layers.max_pool.vectorized import max_pool_backward_vectorized, max_pool_forward_vectorized
from convcheck.layers.max_pool.words import WORDS
from convcheck.layers.points import every_winner
from convcheck.layers.windows import WindowSizes, indices_read, pad_problems, windows_over_an_index
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape


@dataclass(frozen=True)
class MaxPoolSizes(WindowSizes):
    """The sizes of the images and of the window."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    H1: int = size("rows of a window")
    W1: int = size("columns of a window")
    stride: int = size("rows, and columns, from one window to the next")
    pad: int = size("added on each of the four sides of an image, where nothing can win", minimum=0, default=0)

    def problems(self) -> Iterator[Problem]:
        """A window that is larger than the padded image, and one that holds nothing but padding."""
        yield from pad_problems(self.given())

    def shapes(self) -> dict[str, Shape]:
        """x and out."""
        return {"x": (self.N, self.C, self.H, self.W), "out": (self.N, self.C, self.H2, self.W2)}

    def workspace(self) -> int:
        """Entries of the padded images, or of all windows written out side by side, whichever are more."""
        padded = self.N * self.C * (self.H + 2 * self.pad) * (self.W + 2 * self.pad) if self.pad else 0
        return max(padded, self.N * self.C * self.H2 * self.W2 * self.H1 * self.W1)


def max_pool_facts(sizes: MaxPoolSizes) -> Facts:
    """Kinked in x; an entry reaches the windows that cover it, in its own image and channel."""
    s = sizes
    shapes = s.shapes()
    ties = (Same(0), Same(1), Window(2, s.H1, s.stride, s.pad), Window(3, s.W1, s.stride, s.pad))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H2)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W2)
    rows, columns = (indices_read(n + 2 * s.pad, k, s.stride)[s.pad : s.pad + n] for n, k in ((s.H, s.H1), (s.W, s.W1)))
    read = np.outer(rows, columns)
    points = every_winner(shapes["x"], (s.H1, s.W1), read)
    return Facts(
        inputs=(Input("x", shapes["x"], "kinked", ties, ("n", "c", "h", "w"), points),),
        output=shapes["out"],
        sums={"forward": Sum(("x",), 1), "dx": Sum(("dout",), over_a_row * over_a_column)},
    )


def max_pool_params(sizes: MaxPoolSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """pool_param of CS231n: {"pool_height", "pool_width", "stride"}, and "pad" where there is one."""
    given = {"pool_height": sizes.H1, "pool_width": sizes.W1, "stride": sizes.stride}
    return {**given, "pad": sizes.pad} if sizes.pad else given


LAYER = Layer(
    name="max_pool",
    summary="the largest entry of every H1 × W1 window, channel by channel",
    sizes=MaxPoolSizes,
    input_names=("x",),
    shapes={"x": "(N, C, H, W)"},
    facts=max_pool_facts,
    words=WORDS,
    parameters=("pool_height", "pool_width", "stride"),
    params=max_pool_params,
    variants={
        "naive": Variant(max_pool_forward_naive, max_pool_backward_naive, "one window at a time"),
        "vectorized": Variant(max_pool_forward_vectorized, max_pool_backward_vectorized, "all windows at once"),
    },
    equations={
        "forward": "a[n,c,h,w] = max_{i,j} x[n,c,hS+i-pad,wS+j-pad], over what lies in the image",
        "dx": "Σ_{h,w} dout[n,c,h,w] 1{(h1,w1) is the winner of window (h,w)}",
    },
)

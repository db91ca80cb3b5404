"""Average-pool: the mean over every window, channel by channel.

Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998), subsampling; in the letters of
V. Busa, Implementing Convolutional Layer (2017), and with the padding of PyTorch's AvgPool2d.

    forward   a[n,c,h,w] = Σ_{i,j} x_pad[n,c,hS+i,wS+j] / k[h,w]
              H2 = ⌊(H + 2·pad - H1) / stride⌋ + 1, and W2 likewise                                            (1.2)
    dx        dx[n,c,h1,w1] = Σ_{h,w} dout[n,c,h,w] / k[h,w] 1{0 ≤ pad+h1-hS < H1} 1{0 ≤ pad+w1-wS < W1}

k[h,w] is H1·W1 where the padding is counted (count_include_pad, as PyTorch has it by default), and else the number of
entries of the window that lie in the image. Padding is zeros: it adds nothing to the sum.

The output is linear in x. A division by a power of two rounds nothing; any other does, and results are right within a
bound then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.avg_pool.naive import avg_pool_backward_naive, avg_pool_forward_naive
from convcheck.layers.avg_pool.vectorized import avg_pool_backward_vectorized, avg_pool_forward_vectorized
from convcheck.layers.avg_pool.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import Same, Window
from convcheck.layers.windows import WindowSizes, entries_inside, pad_problems, windows_over_an_index
from convcheck.spec.fields import size, truth
from convcheck.spec.sizes import Problem, Shape


@dataclass(frozen=True)
class AvgPoolSizes(WindowSizes):
    """The sizes of the images and of the window, and what is done with the padding."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    H1: int = size("rows of a window")
    W1: int = size("columns of a window")
    stride: int = size("rows, and columns, from one window to the next")
    pad: int = size("zeros added on each of the four sides of an image", minimum=0, default=0)
    count_include_pad: bool = truth("whether the mean counts the zeros of the padding", default=True)

    def problems(self) -> Iterator[Problem]:
        """A window that is larger than the padded image, and one that holds nothing but padding."""
        yield from pad_problems(self.given())

    def shapes(self) -> dict[str, Shape]:
        """x and out."""
        return {"x": (self.N, self.C, self.H, self.W), "out": (self.N, self.C, self.H2, self.W2)}

    def workspace(self) -> int:
        """Entries of the padded images, or of all windows written out side by side, whichever are more."""
        padded = self.N * self.C * (self.H + 2 * self.pad) * (self.W + 2 * self.pad)
        return max(padded, self.N * self.C * self.H2 * self.W2 * self.H1 * self.W1)

    def divides_exactly(self) -> bool:
        """Whether every mean is over a number of entries that is a power of two."""
        numbers = {self.H1, self.W1}
        if self.pad and not self.count_include_pad:
            rows = entries_inside(self.H, self.H1, self.stride, self.pad)
            columns = entries_inside(self.W, self.W1, self.stride, self.pad)
            numbers = {int(number) for number in (*rows, *columns)}
        return all(number & (number - 1) == 0 for number in numbers)


def avg_pool_facts(sizes: AvgPoolSizes) -> Facts:
    """Linear in x; an entry reaches the windows that cover it, in its own image and channel."""
    s, shapes = sizes, sizes.shapes()
    ties = (Same(0), Same(1), Window(2, s.H1, s.stride, s.pad), Window(3, s.W1, s.stride, s.pad))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H2)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W2)
    return Facts(
        inputs=(Input("x", shapes["x"], "linear", ties, ("n", "c", "h", "w")),),
        output=shapes["out"],
        sums={"forward": Sum(("x",), s.H1 * s.W1), "dx": Sum(("dout",), over_a_row * over_a_column)},
        exact=s.divides_exactly(),
    )


def avg_pool_params(sizes: AvgPoolSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """pool_param of CS231n, {"pool_height", "pool_width", "stride"}, with "pad" and "count_include_pad"."""
    return {
        "pool_height": sizes.H1,
        "pool_width": sizes.W1,
        "stride": sizes.stride,
        "pad": sizes.pad,
        "count_include_pad": sizes.count_include_pad,
    }


LAYER = Layer(
    name="avg_pool",
    summary="the mean over every H1 × W1 window, channel by channel",
    sizes=AvgPoolSizes,
    input_names=("x",),
    shapes={"x": "(N, C, H, W)"},
    facts=avg_pool_facts,
    words=WORDS,
    parameters=("pool_height", "pool_width", "stride", "pad", "count_include_pad"),
    params=avg_pool_params,
    variants={
        "naive": Variant(avg_pool_forward_naive, avg_pool_backward_naive, "one window at a time"),
        "vectorized": Variant(avg_pool_forward_vectorized, avg_pool_backward_vectorized, "all windows at once"),
    },
    equations={
        "forward": "a[n,c,h,w] = Σ_{i,j} x_pad[n,c,hS+i,wS+j] / k[h,w]",
        "dx": "Σ_{h,w} dout[n,c,h,w] / k[h,w] 1{0 ≤ pad+h1-hS < H1} 1{0 ≤ pad+w1-wS < W1}",
    },
)

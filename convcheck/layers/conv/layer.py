"""Convolution: F filters of H1 rows and W1 columns slide over N images of C channels.

Source: V. Busa, Implementing Convolutional Layer (2017), chapter 1. The paper counts from 1; here indices count from 0,
so the -1 of hS + (i - 1) is gone.

    forward   a[n,f,h,w] = Σ_{c,i,j} w[f,c,i,j] x_pad[n,c,hS+i,wS+j] + b[f]                                    (1.5)
              H2 = ⌊(H + 2·pad - H1) / stride⌋ + 1, and W2 likewise                                            (1.2)
    db        db[f1] = Σ_{n,h,w} dout[n,f1,h,w]                                                                (1.6)
    dw        dw[f1,c1,h1,w1] = Σ_{n,h,w} dout[n,f1,h,w] x_pad[n,c1,hS+h1,wS+w1]                               (1.7)
    dx        dx[n1,c1,h1,w1] = Σ_{f,h,w} dout[n1,f,h,w]
                                (Σ_{i,j} w[f,c1,i,j] 1{hS+i-pad = h1} 1{wS+j-pad = w1})                        (1.8)
                              = Σ_{f,h,w} dout[n1,f,h,w] w[f,c1,pad+h1-hS,pad+w1-wS]
                                1{0 ≤ pad+h1-hS < H1} 1{0 ≤ pad+w1-wS < W1}                                    (1.8)

`naive` computes dx by the first of these two relations of (1.8), `closed_form` by the second, and `vectorized` adds
the gradient of every window back to where the window was read.

The output depends on each of x, w and b linearly, and sums of products are all there is: exact data gives exact
results. A stride that does not tile is legal, as in PyTorch; entries of x that no window reads have gradient zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.conv.naive import conv_backward_closed_form, conv_backward_naive, conv_forward_naive
from convcheck.layers.conv.vectorized import conv_backward_vectorized, conv_forward_vectorized
from convcheck.layers.conv.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Window
from convcheck.layers.windows import WindowSizes, windows_over_an_index
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape


@dataclass(frozen=True)
class ConvSizes(WindowSizes):
    """The paper's nine letters."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    F: int = size("filters")
    H1: int = size("rows of a filter")
    W1: int = size("columns of a filter")
    stride: int = size("rows, and columns, from one window to the next")
    pad: int = size("zeros added on each of the four sides of an image", minimum=0)

    def problems(self) -> Iterator[Problem]:
        """A filter that is larger than the padded image."""
        for window, length in (("H1", "H"), ("W1", "W")):
            k, n, pad = getattr(self, window), getattr(self, length), self.pad
            if k > n + 2 * pad:
                total = f"{length} + 2·pad = {n} + 2·{pad} = {n + 2 * pad}"
                yield Problem(window, f"{window} = {k} is more than {total}: no window fits")

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.C, self.H, self.W),
            "w": (self.F, self.C, self.H1, self.W1),
            "b": (self.F,),
            "out": (self.N, self.F, self.H2, self.W2),
        }

    def workspace(self) -> int:
        """Entries of the padded images, or of one row of all windows written out side by side, whichever are more."""
        padded = self.N * self.C * (self.H + 2 * self.pad) * (self.W + 2 * self.pad)
        return max(padded, self.N * self.H2 * self.W2 * self.C * self.W1)


def conv_facts(sizes: ConvSizes) -> Facts:
    """Linear in x, in w and in b; an entry of x reaches the windows that cover it, in its own image."""
    s = sizes
    shapes = s.shapes()
    x_ties = (Same(0), All(), Window(2, s.H1, s.stride, s.pad), Window(3, s.W1, s.stride, s.pad))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H2)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W2)
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", x_ties, ("n", "c", "h", "w")),
            Input("w", shapes["w"], "linear", (Same(1), All(), All(), All()), ("f", "c", "h1", "w1")),
            Input("b", shapes["b"], "linear", (Same(1),), ("f",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.C * s.H1 * s.W1 + 1),
            "dx": Sum(("dout", "w"), s.F * over_a_row * over_a_column),
            "dw": Sum(("dout", "x"), s.N * s.H2 * s.W2),
            "db": Sum(("dout",), s.N * s.H2 * s.W2),
        },
    )


def conv_params(sizes: ConvSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """conv_param of CS231n: {"stride", "pad"}."""
    return {"stride": sizes.stride, "pad": sizes.pad}


LAYER = Layer(
    name="conv",
    summary="F filters of H1 × W1 over N images of C channels",
    sizes=ConvSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, C, H, W)", "w": "(F, C, H1, W1)", "b": "(F,)"},
    facts=conv_facts,
    words=WORDS,
    parameters=("stride", "pad"),
    params=conv_params,
    variants={
        "naive": Variant(
            conv_forward_naive,
            conv_backward_naive,
            "the paper's loops; dx by the second-to-last relation of (1.8), with the indicator functions",
        ),
        "vectorized": Variant(
            conv_forward_vectorized,
            conv_backward_vectorized,
            "strided windows and matrix products; dx adds every window's gradient back to where it was read",
        ),
        "closed_form": Variant(
            conv_forward_naive,
            conv_backward_closed_form,
            "the paper's loops; dx by the last relation of (1.8)",
        ),
    },
    equations={
        "forward": "a[n,f,h,w] = Σ_{c,i,j} w[f,c,i,j] x_pad[n,c,hS+i,wS+j] + b[f]  (1.5)",
        "dx": "Σ_{f,h,w} dout[n1,f,h,w] (Σ_{i,j} w[f,c1,i,j] 1{hS+i-pad = h1} 1{wS+j-pad = w1})  (1.8)",
        "dw": "Σ_{n,h,w} dout[n,f1,h,w] x_pad[n,c1,hS+h1,wS+w1]  (1.7)",
        "db": "Σ_{n,h,w} dout[n,f1,h,w]  (1.6)",
    },
)

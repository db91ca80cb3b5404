"""Transposed convolution: every entry of N images of C channels lays F filters of H1 rows and W1 columns on the output.

Source: V. Busa, Implementing Convolutional Layer (2017), eq. (1.8). The gradient of a convolution with respect to its
images is a layer of its own, with x in the place of dout there, and the output in that of dx. Its filters are
(C, F, H1, W1) then, as PyTorch's ConvTranspose2d has them. In the paper's letters, indices from 0, S the stride:

    forward   a[n,f,h2,w2] = Σ_{c,h,w} x[n,c,h,w] w[c,f,pad+h2-hS,pad+w2-wS]
                             1{0 ≤ pad+h2-hS < H1} 1{0 ≤ pad+w2-wS < W1} + b[f]                           as (1.8)
              H2 = (H - 1)·S - 2·pad + H1 + output_padding, and W2 likewise
    db        db[f1] = Σ_{n,h2,w2} dout[n,f1,h2,w2]                                                       as (1.6)
    dw        dw[c1,f1,i,j] = Σ_{n,h,w} x[n,c1,h,w] dout_pad[n,f1,hS+i,wS+j]                              as (1.7)
    dx        dx[n1,c1,h,w] = Σ_{f,i,j} w[c1,f,i,j] dout_pad[n1,f,hS+i,wS+j]                              as (1.5)

dout_pad is dout with pad zeros on each of its four sides: what is laid there is cut off the output. The rows and
columns of output_padding are below and on the right. Where the filters reach them they have values, elsewhere the bias
alone.

The output depends on each of x, w and b linearly, and sums of products are all there is: exact data gives exact
results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.conv_transpose.naive import conv_transpose_backward_naive, conv_transpose_forward_naive
from convcheck.layers.conv_transpose.vectorized import (
    conv_transpose_backward_vectorized,
    conv_transpose_forward_vectorized,
)
from convcheck.layers.conv_transpose.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Spread
from convcheck.layers.windows import windows_over_an_index
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape, Sizes


@dataclass(frozen=True)
class ConvTransposeSizes(Sizes):
    """The paper's nine letters, and the rows and columns that are added to the output."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    F: int = size("filters, which are the channels of the output")
    H1: int = size("rows of a filter")
    W1: int = size("columns of a filter")
    stride: int = size("rows, and columns, from where one entry lays its filters to where the next does")
    pad: int = size("rows, and columns, cut off each of the four sides of the output", minimum=0)
    output_padding: int = size("rows, and columns, added to the output below and on the right", minimum=0, default=0)

    @property
    def H2(self) -> int:
        """Rows of the output."""
        return (self.H - 1) * self.stride - 2 * self.pad + self.H1 + self.output_padding

    @property
    def W2(self) -> int:
        """Columns of the output."""
        return (self.W - 1) * self.stride - 2 * self.pad + self.W1 + self.output_padding

    def problems(self) -> Iterator[Problem]:
        """An output of which all is cut off, and more added to it than the next entry would have laid there."""
        for length, window, outputs in (("H", "H1", self.H2), ("W", "W1", self.W2)):
            if outputs < 1:
                n, k = getattr(self, length), getattr(self, window)
                more = f" + {self.output_padding}" if self.output_padding else ""
                said = f"({length} - 1)·stride - 2·pad + {window}{' + output_padding' if more else ''}"
                worked = f"({n} - 1)·{self.stride} - 2·{self.pad} + {k}{more}"
                yield Problem("pad", f"nothing is left of the output: {length}2 = {said} = {worked} = {outputs}")
        if self.output_padding >= self.stride:
            message = f"output_padding = {self.output_padding} is not less than stride = {self.stride}"
            yield Problem("output_padding", message)

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.C, self.H, self.W),
            "w": (self.C, self.F, self.H1, self.W1),
            "b": (self.F,),
            "out": (self.N, self.F, self.H2, self.W2),
        }

    def workspace(self) -> int:
        """Entries of the output before it is cut."""
        return self.N * self.F * (self.H2 + 2 * self.pad) * (self.W2 + 2 * self.pad)


def conv_transpose_facts(sizes: ConvTransposeSizes) -> Facts:
    """Linear in x, in w and in b; an entry of x reaches where it lays its filters, in its own image."""
    s = sizes
    shapes = s.shapes()
    x_ties = (Same(0), All(), Spread(2, s.H1, s.stride, s.pad), Spread(3, s.W1, s.stride, s.pad))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W)
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", x_ties, ("n", "c", "h", "w")),
            Input("w", shapes["w"], "linear", (All(), Same(1), All(), All()), ("c", "f", "h1", "w1")),
            Input("b", shapes["b"], "linear", (Same(1),), ("f",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.C * over_a_row * over_a_column + 1),
            "dx": Sum(("dout", "w"), s.F * s.H1 * s.W1),
            "dw": Sum(("dout", "x"), s.N * s.H * s.W),
            "db": Sum(("dout",), s.N * s.H2 * s.W2),
        },
    )


def conv_transpose_params(sizes: ConvTransposeSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """As conv_param of CS231n, with "output_padding" beside "stride" and "pad"."""
    return {"stride": sizes.stride, "pad": sizes.pad, "output_padding": sizes.output_padding}


LAYER = Layer(
    name="conv_transpose",
    summary="every entry of N images of C channels lays F filters of H1 × W1 on the output",
    sizes=ConvTransposeSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, C, H, W)", "w": "(C, F, H1, W1)", "b": "(F,)"},
    facts=conv_transpose_facts,
    words=WORDS,
    parameters=("stride", "pad", "output_padding"),
    params=conv_transpose_params,
    variants={
        "naive": Variant(
            conv_transpose_forward_naive,
            conv_transpose_backward_naive,
            "the equations as loops over the outputs",
        ),
        "vectorized": Variant(
            conv_transpose_forward_vectorized,
            conv_transpose_backward_vectorized,
            "one matrix product for each entry of the filters, over all places at once",
        ),
    },
    equations={
        "forward": "a[n,f,h2,w2] = Σ_{c,h,w} x[n,c,h,w] w[c,f,pad+h2-hS,pad+w2-wS] 1{0 ≤ pad+h2-hS < H1} "
        "1{0 ≤ pad+w2-wS < W1} + b[f]",
        "dx": "Σ_{f,i,j} w[c1,f,i,j] dout_pad[n1,f,hS+i,wS+j]",
        "dw": "Σ_{n,h,w} x[n,c1,h,w] dout_pad[n,f1,hS+i,wS+j]",
        "db": "Σ_{n,h2,w2} dout[n,f1,h2,w2]",
    },
)

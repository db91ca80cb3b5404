"""Convolution of sequences: F filters of W1 columns slide over N sequences of C channels and W columns.

Source: V. Busa, Implementing Convolutional Layer (2017), chapter 1, with one axis less: images of one row, filters of
one row, and no padding above and below. Indices count from 0.

    forward   a[n,f,w] = Σ_{c,j} w[f,c,j] x_pad[n,c,wS+j] + b[f]                                               (1.5)
              W2 = ⌊(W + 2·pad - W1) / stride⌋ + 1                                                             (1.2)
    db        db[f1] = Σ_{n,w} dout[n,f1,w]                                                                    (1.6)
    dw        dw[f1,c1,w1] = Σ_{n,w} dout[n,f1,w] x_pad[n,c1,wS+w1]                                            (1.7)
    dx        dx[n1,c1,w1] = Σ_{f,w} dout[n1,f,w] (Σ_j w[f,c1,j] 1{wS+j-pad = w1})                             (1.8)
                           = Σ_{f,w} dout[n1,f,w] w[f,c1,pad+w1-wS] 1{0 ≤ pad+w1-wS < W1}                      (1.8)

`naive` computes dx by the second of these two relations of (1.8), `vectorized` adds what every window hands back to
where the window was read.

The output depends on each of x, w and b linearly, and sums of products are all there is: exact data gives exact
results. A stride that does not tile is legal, as in PyTorch; entries of x that no window reads have gradient zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.conv1d.naive import conv1d_backward_naive, conv1d_forward_naive
from convcheck.layers.conv1d.vectorized import conv1d_backward_vectorized, conv1d_forward_vectorized
from convcheck.layers.conv1d.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Window
from convcheck.layers.windows import indices_unread, windows_over_an_index, windows_that_fit
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape, Sizes


@dataclass(frozen=True)
class Conv1dSizes(Sizes):
    """The paper's letters, without those of the rows."""

    N: int = size("sequences in the batch")
    C: int = size("channels of a sequence")
    W: int = size("columns of a sequence")
    F: int = size("filters")
    W1: int = size("columns of a filter")
    stride: int = size("columns from one window to the next")
    pad: int = size("zeros added at each of the two ends of a sequence", minimum=0)

    @property
    def W2(self) -> int:
        """Columns of the output, eq. (1.2)."""
        return windows_that_fit(self.W + 2 * self.pad, self.W1, self.stride)

    def problems(self) -> Iterator[Problem]:
        """A filter that is longer than the padded sequence."""
        total = self.W + 2 * self.pad
        if total < self.W1:
            said = f"W + 2·pad = {self.W} + 2·{self.pad} = {total}"
            yield Problem("W1", f"W1 = {self.W1} is more than {said}: no window fits")

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.C, self.W),
            "w": (self.F, self.C, self.W1),
            "b": (self.F,),
            "out": (self.N, self.F, self.W2),
        }

    def workspace(self) -> int:
        """Entries of the padded sequences."""
        return self.N * self.C * (self.W + 2 * self.pad)

    def unread(self) -> tuple[int, int]:
        """No rows, and the columns of the padded sequences that no window reads."""
        return 0, indices_unread(self.W + 2 * self.pad, self.W1, self.stride)


def conv1d_facts(sizes: Conv1dSizes) -> Facts:
    """Linear in x, in w and in b; an entry of x reaches the windows that cover it, in its own sequence."""
    s = sizes
    shapes = s.shapes()
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", (Same(0), All(), Window(2, s.W1, s.stride, s.pad)), ("n", "c", "w")),
            Input("w", shapes["w"], "linear", (Same(1), All(), All()), ("f", "c", "w1")),
            Input("b", shapes["b"], "linear", (Same(1),), ("f",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.C * s.W1 + 1),
            "dx": Sum(("dout", "w"), s.F * windows_over_an_index(s.W1, s.stride, s.W2)),
            "dw": Sum(("dout", "x"), s.N * s.W2),
            "db": Sum(("dout",), s.N * s.W2),
        },
    )


def conv1d_params(sizes: Conv1dSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """As conv_param of CS231n: {"stride", "pad"}."""
    return {"stride": sizes.stride, "pad": sizes.pad}


LAYER = Layer(
    name="conv1d",
    summary="F filters of W1 columns over N sequences of C channels",
    sizes=Conv1dSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, C, W)", "w": "(F, C, W1)", "b": "(F,)"},
    facts=conv1d_facts,
    words=WORDS,
    parameters=("stride", "pad"),
    params=conv1d_params,
    variants={
        "naive": Variant(
            conv1d_forward_naive,
            conv1d_backward_naive,
            "the paper's loops with one axis less; dx by the last relation of (1.8)",
        ),
        "vectorized": Variant(
            conv1d_forward_vectorized,
            conv1d_backward_vectorized,
            "one matrix product for each column of the filters, over all windows at once",
        ),
    },
    equations={
        "forward": "a[n,f,w] = Σ_{c,j} w[f,c,j] x_pad[n,c,wS+j] + b[f]  (1.5)",
        "dx": "Σ_{f,w} dout[n1,f,w] (Σ_j w[f,c1,j] 1{wS+j-pad = w1})  (1.8)",
        "dw": "Σ_{n,w} dout[n,f1,w] x_pad[n,c1,wS+w1]  (1.7)",
        "db": "Σ_{n,w} dout[n,f1,w]  (1.6)",
    },
)

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

Filters may be dilated, and images and filters may be in groups, as in PyTorch. With dilation D, G = groups and
C' = C/G, filter f is of group g(f) = ⌊f·G/F⌋, w is (F, C', H1, W1), and all c above are those of one group:

    forward   a[n,f,h,w] = Σ_{c<C',i,j} w[f,c,i,j] x_pad[n,g(f)·C'+c,hS+iD,wS+jD] + b[f]
              H2 = ⌊(H + 2·pad - D·(H1 - 1) - 1) / stride⌋ + 1, and W2 likewise
    dw        dw[f1,c1,h1,w1] = Σ_{n,h,w} dout[n,f1,h,w] x_pad[n,g(f1)·C'+c1,hS+h1D,wS+w1D]
    dx        dx[n1,c1,h1,w1] = Σ_{f,h,w} dout[n1,f,h,w] 1{g(f) = ⌊c1/C'⌋}
                                (Σ_{i,j} w[f,c1 mod C',i,j] 1{hS+iD-pad = h1} 1{wS+jD-pad = w1})
                              = Σ_{f,h,w} dout[n1,f,h,w] 1{g(f) = ⌊c1/C'⌋} w[f,c1 mod C',i,j]
                                1{iD = pad+h1-hS, 0 ≤ i < H1} 1{jD = pad+w1-wS, 0 ≤ j < W1}

D = G = 1 gives the relations of the paper.

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
from convcheck.layers.windows import WindowSizes, indices_read, reach_of, reach_problems, windows_over_an_index
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape


@dataclass(frozen=True)
class ConvSizes(WindowSizes):
    """The paper's nine letters, and what filters may be besides."""

    N: int = size("images in the batch")
    C: int = size("channels of an image")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    F: int = size("filters")
    H1: int = size("rows of a filter")
    W1: int = size("columns of a filter")
    stride: int = size("rows, and columns, from one window to the next")
    pad: int = size("zeros added on each of the four sides of an image", minimum=0)
    dilation: int = size("rows, and columns, of the image from one entry of a filter to the next", default=1)
    groups: int = size("groups of channels, each with filters of its own: w is (F, C/groups, H1, W1)", default=1)

    @property
    def reach(self) -> tuple[int, int]:
        """Rows and columns of the image from the first entry of a filter to the last."""
        return reach_of(self.H1, self.dilation), reach_of(self.W1, self.dilation)

    def given(self) -> dict[str, Any]:
        """The nine letters, and dilation and groups where there is more than 1 of them."""
        return {n: value for n, value in super().given().items() if n not in ("dilation", "groups") or value > 1}

    def problems(self) -> Iterator[Problem]:
        """A filter that is larger than the padded image, and groups that do not divide channels and filters."""
        yield from reach_problems(self)
        for name in ("C", "F"):
            if getattr(self, name) % self.groups:
                yield Problem("groups", f"groups = {self.groups} does not divide {name} = {getattr(self, name)}")

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.C, self.H, self.W),
            "w": (self.F, self.C // self.groups, self.H1, self.W1),
            "b": (self.F,),
            "out": (self.N, self.F, self.H2, self.W2),
        }

    def workspace(self) -> int:
        """Entries of the padded images, or of one row of all windows written out side by side, whichever are more."""
        padded = self.N * self.C * (self.H + 2 * self.pad) * (self.W + 2 * self.pad)
        return max(padded, self.N * self.H2 * self.W2 * self.C // self.groups * self.W1)

    def unread(self) -> tuple[int, ...]:
        """As of `Sizes`; the gaps within a dilated filter are counted, where no other window reads them."""
        if self.dilation == 1:
            return super().unread()
        rows, columns = (
            int((~indices_read(n + 2 * self.pad, k, self.stride, self.dilation)).sum())
            for n, k in ((self.H, self.H1), (self.W, self.W1))
        )
        return rows, columns


def conv_facts(sizes: ConvSizes) -> Facts:
    """Linear in x, in w and in b; an entry of x reaches the windows that cover it, in its own image.

    No more is claimed of dilation and groups: a window covers what lies between its entries, too, and all channels.
    """
    s = sizes
    shapes = s.shapes()
    x_ties = (Same(0), All(), Window(2, s.reach[0], s.stride, s.pad), Window(3, s.reach[1], s.stride, s.pad))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H2, s.dilation)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W2, s.dilation)
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", x_ties, ("n", "c", "h", "w")),
            Input("w", shapes["w"], "linear", (Same(1), All(), All(), All()), ("f", "c", "h1", "w1")),
            Input("b", shapes["b"], "linear", (Same(1),), ("f",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.C // s.groups * s.H1 * s.W1 + 1),
            "dx": Sum(("dout", "w"), s.F // s.groups * over_a_row * over_a_column),
            "dw": Sum(("dout", "x"), s.N * s.H2 * s.W2),
            "db": Sum(("dout",), s.N * s.H2 * s.W2),
        },
    )


def conv_params(sizes: ConvSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """conv_param of CS231n: {"stride", "pad"}, and "dilation" and "groups" where they are more than 1."""
    further = {"dilation": sizes.dilation, "groups": sizes.groups}
    return {"stride": sizes.stride, "pad": sizes.pad, **{key: value for key, value in further.items() if value > 1}}


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
        "forward": "a[n,f,h,w] = Σ_{c,i,j} w[f,c,i,j] x_pad[n,c,hS+i,wS+j] + b[f]  (1.5); "
        "with a dilation i·dilation and j·dilation for i and j in x_pad, in groups c of the group of f",
        "dx": "Σ_{f,h,w} dout[n1,f,h,w] (Σ_{i,j} w[f,c1,i,j] 1{hS+i-pad = h1} 1{wS+j-pad = w1})  (1.8); "
        "with a dilation i·dilation and j·dilation for i and j in 1{ }, in groups f of the group of c1",
        "dw": "Σ_{n,h,w} dout[n,f1,h,w] x_pad[n,c1,hS+h1,wS+w1]  (1.7); "
        "with a dilation h1·dilation and w1·dilation for h1 and w1 in x_pad, in groups c1 of the group of f1",
        "db": "Σ_{n,h,w} dout[n,f1,h,w]  (1.6)",
    },
)

"""Convolution of volumes: F filters of T1 frames, H1 rows and W1 columns slide over N volumes of C channels.

Source: V. Busa, Implementing Convolutional Layer (2017), chapter 1, with the index t of frames written out before that
of rows. It is strided and padded as they are. Indices count from 0.

    forward   a[n,f,t,h,w] = Σ_{c,k,i,j} w[f,c,k,i,j] x_pad[n,c,tS+k,hS+i,wS+j] + b[f]                         (1.5)
              T2 = ⌊(T + 2·pad - T1) / stride⌋ + 1, and H2, W2 likewise                                        (1.2)
    db        db[f1] = Σ_{n,t,h,w} dout[n,f1,t,h,w]                                                            (1.6)
    dw        dw[f1,c1,t1,h1,w1] = Σ_{n,t,h,w} dout[n,f1,t,h,w] x_pad[n,c1,tS+t1,hS+h1,wS+w1]                  (1.7)
    dx        dx[n1,c1,t1,h1,w1] = Σ_{f,t,h,w} dout[n1,f,t,h,w] w[f,c1,pad+t1-tS,pad+h1-hS,pad+w1-wS]
                                   1{0 ≤ pad+t1-tS < T1} 1{0 ≤ pad+h1-hS < H1} 1{0 ≤ pad+w1-wS < W1}           (1.8)

The output depends on each of x, w and b linearly, and sums of products are all there is: exact data gives exact
results. A stride that does not tile is legal, as in PyTorch; entries of x that no window reads have gradient zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.conv3d.naive import conv3d_backward_naive, conv3d_forward_naive
from convcheck.layers.conv3d.vectorized import conv3d_backward_vectorized, conv3d_forward_vectorized
from convcheck.layers.conv3d.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Window
from convcheck.layers.windows import WindowSizes, indices_unread, windows_over_an_index, windows_that_fit
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape


@dataclass(frozen=True)
class Conv3dSizes(WindowSizes):
    """The paper's nine letters, and those of the frames."""

    N: int = size("volumes in the batch")
    C: int = size("channels of a volume")
    T: int = size("frames of a volume")
    H: int = size("rows of a frame")
    W: int = size("columns of a frame")
    F: int = size("filters")
    T1: int = size("frames of a filter")
    H1: int = size("rows of a filter")
    W1: int = size("columns of a filter")
    stride: int = size("frames, rows, and columns, from one window to the next")
    pad: int = size("zeros added on each of the six sides of a volume", minimum=0)

    @property
    def T2(self) -> int:
        """Frames of the output, eq. (1.2)."""
        return windows_that_fit(self.T + 2 * self.pad, self.T1, self.stride)

    def problems(self) -> Iterator[Problem]:
        """A filter that is larger than the padded volume."""
        for window, length in (("T1", "T"), ("H1", "H"), ("W1", "W")):
            k, n, pad = getattr(self, window), getattr(self, length), self.pad
            if k > n + 2 * pad:
                total = f"{length} + 2·pad = {n} + 2·{pad} = {n + 2 * pad}"
                yield Problem(window, f"{window} = {k} is more than {total}: no window fits")

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.C, self.T, self.H, self.W),
            "w": (self.F, self.C, self.T1, self.H1, self.W1),
            "b": (self.F,),
            "out": (self.N, self.F, self.T2, self.H2, self.W2),
        }

    def workspace(self) -> int:
        """Entries of the padded volumes."""
        return self.N * self.C * (self.T + 2 * self.pad) * (self.H + 2 * self.pad) * (self.W + 2 * self.pad)

    def unread(self) -> tuple[int, ...]:
        """Rows, columns and frames of the padded volumes that no window reads."""
        return *super().unread(), indices_unread(self.T + 2 * self.pad, self.T1, self.stride)


def conv3d_facts(sizes: Conv3dSizes) -> Facts:
    """Linear in x, in w and in b; an entry of x reaches the windows that cover it, in its own volume."""
    s = sizes
    shapes = s.shapes()
    windows = (Window(axis, length, s.stride, s.pad) for axis, length in enumerate((s.T1, s.H1, s.W1), start=2))
    covering = 1
    for length, count in ((s.T1, s.T2), (s.H1, s.H2), (s.W1, s.W2)):
        covering *= windows_over_an_index(length, s.stride, count)
    outputs = s.N * s.T2 * s.H2 * s.W2
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", (Same(0), All(), *windows), ("n", "c", "t", "h", "w")),
            Input("w", shapes["w"], "linear", (Same(1), *[All()] * 4), ("f", "c", "t1", "h1", "w1")),
            Input("b", shapes["b"], "linear", (Same(1),), ("f",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.C * s.T1 * s.H1 * s.W1 + 1),
            "dx": Sum(("dout", "w"), s.F * covering),
            "dw": Sum(("dout", "x"), outputs),
            "db": Sum(("dout",), outputs),
        },
    )


def conv3d_params(sizes: Conv3dSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """As conv_param of CS231n: {"stride", "pad"}."""
    return {"stride": sizes.stride, "pad": sizes.pad}


LAYER = Layer(
    name="conv3d",
    summary="F filters of T1 × H1 × W1 over N volumes of C channels",
    sizes=Conv3dSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, C, T, H, W)", "w": "(F, C, T1, H1, W1)", "b": "(F,)"},
    facts=conv3d_facts,
    words=WORDS,
    parameters=("stride", "pad"),
    params=conv3d_params,
    variants={
        "naive": Variant(
            conv3d_forward_naive,
            conv3d_backward_naive,
            "the paper's loops with one axis more; dx hands every window back",
        ),
        "vectorized": Variant(
            conv3d_forward_vectorized,
            conv3d_backward_vectorized,
            "one matrix product for each entry of the filters, over all windows at once",
        ),
    },
    equations={
        "forward": "a[n,f,t,h,w] = Σ_{c,k,i,j} w[f,c,k,i,j] x_pad[n,c,tS+k,hS+i,wS+j] + b[f]  (1.5)",
        "dx": "Σ_{f,t,h,w} dout[n1,f,t,h,w] w[f,c1,pad+t1-tS,pad+h1-hS,pad+w1-wS] where these are indices of w  (1.8)",
        "dw": "Σ_{n,t,h,w} dout[n,f1,t,h,w] x_pad[n,c1,tS+t1,hS+h1,wS+w1]  (1.7)",
        "db": "Σ_{n,t,h,w} dout[n,f1,t,h,w]  (1.6)",
    },
)

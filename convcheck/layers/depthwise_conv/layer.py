"""Depthwise convolution: every channel has one filter of its own, and no sum is over the channels.

Source: L. Sifre, Rigid-Motion Scattering for Image Classification (2014); F. Chollet, Xception (2017). It is the
convolution with a group for each channel, G = C = F, whose code this is, in the letters of V. Busa, Implementing
Convolutional Layer (2017). Indices count from 0:

    forward   a[n,c,h,w] = Σ_{i,j} w[c,0,i,j] x_pad[n,c,hS+i,wS+j] + b[c]
              H2 = ⌊(H + 2·pad - H1) / stride⌋ + 1, and W2 likewise                                            (1.2)
    db        db[c] = Σ_{n,h,w} dout[n,c,h,w]
    dw        dw[c,0,h1,w1] = Σ_{n,h,w} dout[n,c,h,w] x_pad[n,c,hS+h1,wS+w1]
    dx        dx[n,c,h1,w1] = Σ_{h,w} dout[n,c,h,w] (Σ_{i,j} w[c,0,i,j] 1{hS+i-pad = h1} 1{wS+j-pad = w1})

The output depends on each of x, w and b linearly, and sums of products are all there is: exact data gives exact
results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.conv.naive import conv_backward_naive, conv_forward_naive
from convcheck.layers.conv.vectorized import conv_backward_vectorized, conv_forward_vectorized
from convcheck.layers.depthwise_conv.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Window
from convcheck.layers.windows import WindowSizes, reach_problems, windows_over_an_index
from convcheck.spec.fields import size
from convcheck.spec.sizes import Problem, Shape


@dataclass(frozen=True)
class DepthwiseConvSizes(WindowSizes):
    """The letters of a convolution, without the number of filters."""

    N: int = size("images in the batch")
    C: int = size("channels of an image, each with a filter of its own")
    H: int = size("rows of an image")
    W: int = size("columns of an image")
    H1: int = size("rows of a filter")
    W1: int = size("columns of a filter")
    stride: int = size("rows, and columns, from one window to the next")
    pad: int = size("zeros added on each of the four sides of an image", minimum=0)

    def problems(self) -> Iterator[Problem]:
        """A filter that is larger than the padded image."""
        yield from reach_problems(self)

    def shapes(self) -> dict[str, Shape]:
        """x, w, b and out."""
        return {
            "x": (self.N, self.C, self.H, self.W),
            "w": (self.C, 1, self.H1, self.W1),
            "b": (self.C,),
            "out": (self.N, self.C, self.H2, self.W2),
        }

    def workspace(self) -> int:
        """Entries of the padded images, or of one row of the windows of a channel written out, whichever are more."""
        padded = self.N * self.C * (self.H + 2 * self.pad) * (self.W + 2 * self.pad)
        return max(padded, self.N * self.H2 * self.W2 * self.W1)


def depthwise_conv_facts(sizes: DepthwiseConvSizes) -> Facts:
    """Linear in x, in w and in b; an entry of x reaches the windows that cover it, in its own image and channel."""
    s = sizes
    shapes = s.shapes()
    x_ties = (Same(0), Same(1), Window(2, s.H1, s.stride, s.pad), Window(3, s.W1, s.stride, s.pad))
    over_a_row = windows_over_an_index(s.H1, s.stride, s.H2)
    over_a_column = windows_over_an_index(s.W1, s.stride, s.W2)
    return Facts(
        inputs=(
            Input("x", shapes["x"], "linear", x_ties, ("n", "c", "h", "w")),
            Input("w", shapes["w"], "linear", (Same(1), All(), All(), All()), ("c", "0", "h1", "w1")),
            Input("b", shapes["b"], "linear", (Same(1),), ("c",)),
        ),
        output=shapes["out"],
        sums={
            "forward": Sum(("x", "w"), s.H1 * s.W1 + 1),
            "dx": Sum(("dout", "w"), over_a_row * over_a_column),
            "dw": Sum(("dout", "x"), s.N * s.H2 * s.W2),
            "db": Sum(("dout",), s.N * s.H2 * s.W2),
        },
    )


def depthwise_conv_params(sizes: DepthwiseConvSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """conv_param of CS231n: {"stride", "pad"}."""
    return {"stride": sizes.stride, "pad": sizes.pad}


def depthwise_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (C, 1, H1, W1), b (C,) -> out (N, C, H2, W2), cache, by the loops of the convolution."""
    return conv_forward_naive(x, w, b, {**conv_param, "groups": len(w)})


def depthwise_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (C, 1, H1, W1), b (C,) -> out (N, C, H2, W2), cache, channel by channel."""
    return conv_forward_vectorized(x, w, b, {**conv_param, "groups": len(w)})


LAYER = Layer(
    name="depthwise_conv",
    summary="a filter of H1 × W1 for each of the C channels of N images",
    sizes=DepthwiseConvSizes,
    input_names=("x", "w", "b"),
    shapes={"x": "(N, C, H, W)", "w": "(C, 1, H1, W1)", "b": "(C,)"},
    facts=depthwise_conv_facts,
    words=WORDS,
    parameters=("stride", "pad"),
    params=depthwise_conv_params,
    variants={
        "naive": Variant(depthwise_forward_naive, conv_backward_naive, "the loops of conv, a group for each channel"),
        "vectorized": Variant(
            depthwise_forward_vectorized, conv_backward_vectorized, "strided windows, channel by channel"
        ),
    },
    equations={
        "forward": "a[n,c,h,w] = Σ_{i,j} w[c,0,i,j] x_pad[n,c,hS+i,wS+j] + b[c]",
        "dx": "Σ_{h,w} dout[n,c,h,w] (Σ_{i,j} w[c,0,i,j] 1{hS+i-pad = h1} 1{wS+j-pad = w1})",
        "dw": "Σ_{n,h,w} dout[n,c,h,w] x_pad[n,c,hS+h1,wS+w1]",
        "db": "Σ_{n,h,w} dout[n,c,h,w]",
    },
)

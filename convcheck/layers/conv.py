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

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All, Same, Window
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
class ConvSizes(Sizes):
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

    @property
    def H2(self) -> int:
        """Rows of the output, eq. (1.2)."""
        return windows_that_fit(self.H + 2 * self.pad, self.H1, self.stride)

    @property
    def W2(self) -> int:
        """Columns of the output, eq. (1.2)."""
        return windows_that_fit(self.W + 2 * self.pad, self.W1, self.stride)

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
        """Entries of the padded images, or of all windows written out side by side, whichever are more."""
        padded = self.N * self.C * (self.H + 2 * self.pad) * (self.W + 2 * self.pad)
        return max(padded, self.N * self.H2 * self.W2 * self.C * self.H1 * self.W1)

    def unread(self) -> tuple[int, int]:
        """Rows and columns of the padded images that no window reads."""
        return (
            indices_unread(self.H + 2 * self.pad, self.H1, self.stride),
            indices_unread(self.W + 2 * self.pad, self.W1, self.stride),
        )


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


def zero_padded(x: Array, pad: int) -> Array:
    """x_pad of the paper: (N, C, H, W) -> (N, C, H + 2·pad, W + 2·pad)."""
    N, C, H, W = x.shape
    # np.pad takes longer to read its arguments than a small image takes to copy.
    x_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad), x.dtype)
    x_pad[:, :, pad : pad + H, pad : pad + W] = x
    return x_pad


def output_size(x: Array, w: Array, stride: int, pad: int) -> tuple[int, int]:
    """(H2, W2) for images x (N, C, H, W) and filters w (F, C, H1, W1), eq. (1.2)."""
    H, W = x.shape[2:]
    H1, W1 = w.shape[2:]
    return windows_that_fit(H + 2 * pad, H1, stride), windows_that_fit(W + 2 * pad, W1, stride)


def conv_forward_naive(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C, H1, W1), b (F,) -> out (N, F, H2, W2), cache. Eq. (1.5)."""
    S, pad = conv_param["stride"], conv_param["pad"]
    N = x.shape[0]
    F, _, H1, W1 = w.shape
    H2, W2 = output_size(x, w, S, pad)  # (1.2)
    x_pad = zero_padded(x, pad)
    out = np.zeros((N, F, H2, W2), np.result_type(x, w, b))
    for n in range(N):
        for f in range(F):
            for h in range(H2):
                for w_ in range(W2):
                    # (1.5)
                    window = x_pad[n, :, h * S : h * S + H1, w_ * S : w_ * S + W1]
                    out[n, f, h, w_] = np.sum(w[f] * window) + b[f]
    return out, (x, w, conv_param)


def conv_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C, H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    dw, db = filter_gradients_naive(dout, cache)
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    H1, W1 = w.shape[2:]
    H2, W2 = dout.shape[2:]
    h, i = np.arange(H2)[:, None], np.arange(H1)
    w_, j = np.arange(W2)[:, None], np.arange(W1)
    dx = np.zeros(x.shape, np.result_type(dout, w))
    for n1 in range(N):
        for c1 in range(C):
            for h1 in range(H):
                for w1 in range(W):
                    # (1.8), second-to-last relation. Each indicator is a matrix of zeros and ones, (H2, H1) and
                    # (W2, W1), so that the sums over i and j in the parentheses are two matrix products.
                    row_is_h1 = (h * S + i - pad == h1).astype(w.dtype)
                    column_is_w1 = (w_ * S + j - pad == w1).astype(w.dtype)
                    parentheses = row_is_h1 @ w[:, c1] @ column_is_w1.T  # (F, H2, W2)
                    dx[n1, c1, h1, w1] = np.sum(dout[n1] * parentheses)
    return dx, dw, db


def filter_gradients_naive(dout: Array, cache: Any) -> tuple[Array, Array]:
    """dout (N, F, H2, W2) -> dw (F, C, H1, W1), db (F,). Eqs. (1.7), (1.6)."""
    x, w, conv_param = cache
    S = conv_param["stride"]
    F, C, H1, W1 = w.shape
    H2, W2 = dout.shape[2:]
    x_pad = zero_padded(x, conv_param["pad"])
    db = np.sum(dout, axis=(0, 2, 3))  # (1.6)
    dw = np.zeros(w.shape, np.result_type(dout, x))
    for f1 in range(F):
        for c1 in range(C):
            for h1 in range(H1):
                for w1 in range(W1):
                    # (1.7)
                    read = x_pad[:, c1, h1 : h1 + H2 * S : S, w1 : w1 + W2 * S : S]
                    dw[f1, c1, h1, w1] = np.sum(dout[:, f1] * read)
    return dw, db


def conv_backward_closed_form(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C, H1, W1), db (F,). Eqs. (1.6), (1.7), last relation of (1.8)."""
    dw, db = filter_gradients_naive(dout, cache)
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    H1, W1 = w.shape[2:]
    H2, W2 = dout.shape[2:]
    dx = np.zeros(x.shape, np.result_type(dout, w))
    for h1 in range(H):
        # (1.8), last relation: the indicators say which h and w there are.
        h = np.array([h for h in range(H2) if 0 <= pad + h1 - h * S < H1], dtype=int)
        for w1 in range(W):
            w_ = np.array([w_ for w_ in range(W2) if 0 <= pad + w1 - w_ * S < W1], dtype=int)
            reached = dout[:, :, h[:, None], w_]  # (N, F, h, w)
            weights = w[:, :, (pad + h1 - h * S)[:, None], pad + w1 - w_ * S]  # (F, C, h, w)
            dx[:, :, h1, w1] = np.tensordot(reached, weights, axes=((1, 2, 3), (0, 2, 3)))
    return dx, dw, db


def conv_forward_vectorized(x: Array, w: Array, b: Array, conv_param: Params) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C, H1, W1), b (F,) -> out (N, F, H2, W2), cache. Eq. (1.5) as one matrix product."""
    S, pad = conv_param["stride"], conv_param["pad"]
    windows = windows_of(zero_padded(x, pad), w.shape[2:], S)  # (N, C, H2, W2, H1, W1)
    a = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3)))  # (1.5): (N, H2, W2, F)
    out = a.transpose(0, 3, 1, 2) + b[:, None, None]
    return out, (x, w, conv_param)


def conv_backward_vectorized(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, F, H2, W2) -> dx (N, C, H, W), dw (F, C, H1, W1), db (F,). Eqs. (1.6), (1.7), (1.8)."""
    x, w, conv_param = cache
    S, pad = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    x_pad = zero_padded(x, pad)
    windows = windows_of(x_pad, w.shape[2:], S)  # (N, C, H2, W2, H1, W1)
    db = dout.sum(axis=(0, 2, 3))  # (1.6)
    dw = np.tensordot(dout, windows, axes=((0, 2, 3), (0, 2, 3)))  # (1.7)
    # (1.8), read the other way round: what is summed for x[n1,c1,h1,w1] is what every window that covers it hands back.
    dwindows = np.tensordot(dout, w, axes=(1, 0))  # (N, H2, W2, C, H1, W1)
    dx_pad = np.zeros(x_pad.shape, dwindows.dtype)
    for i, j, rows, columns in offsets_in(w.shape[2:], dout.shape[2:], S):
        dx_pad[:, :, rows, columns] += dwindows[..., i, j].transpose(0, 3, 1, 2)
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, db


LAYER = Layer(
    name="conv",
    summary="F filters of H1 × W1 over N images of C channels",
    sizes=ConvSizes,
    input_names=("x", "w", "b"),
    facts=conv_facts,
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

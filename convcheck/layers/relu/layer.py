"""ReLU: negative entries become zero. Any shape will do.

Source: CS231n, assignment 2; V. Busa, Implementing Convolutional Layer (2017), names it beside max-pool.

    forward   a = x 1{x > 0}
    dx        dx = dout 1{x > 0}

The output is piecewise linear in x, with a kink at zero, where this layer takes the gradient to be zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from convcheck.layers.layer import Array, Facts, Input, Layer, Sum, Variant
from convcheck.layers.locality import Same
from convcheck.layers.points import ABOUT_ZERO
from convcheck.layers.relu.words import WORDS
from convcheck.spec.fields import shape, size
from convcheck.spec.sizes import Problem, Shape, Sizes

# NumPy 1 stops at 32 axes.
MOST_AXES = 32


@dataclass(frozen=True)
class ReluSizes(Sizes):
    """Four letters, or a list of any length."""

    N: int | None = size("images in the batch", default=None)
    C: int | None = size("channels of an image", default=None)
    H: int | None = size("rows of an image", default=None)
    W: int | None = size("columns of an image", default=None)
    shape: tuple[int, ...] | None = shape("size of each axis, in place of N, C, H and W", default=None)

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("N", "C", "H", "W"), ("shape",))

    def problems(self) -> Iterator[Problem]:
        """More axes than an array can have."""
        if self.shape is not None and len(self.shape) > MOST_AXES:
            yield Problem("shape", f"shape has {len(self.shape)} axes; an array has at most {MOST_AXES}")

    def shapes(self) -> dict[str, Shape]:
        """x and out, the same."""
        if self.shape is not None:
            whole = tuple(self.shape)
        else:
            whole = tuple(n for n in (self.N, self.C, self.H, self.W) if n is not None)
        return {"x": whole, "out": whole}


def relu_facts(sizes: ReluSizes) -> Facts:
    """Kinked in x; an entry reaches its own output and no other."""
    whole = sizes.shapes()["x"]
    ties = tuple(Same(axis) for axis in range(len(whole)))
    letters = ("n", "c", "h", "w") if sizes.shape is None else ()
    return Facts(
        inputs=(Input("x", whole, "kinked", ties, letters, ABOUT_ZERO),),
        output=whole,
        sums={"forward": Sum(("x",), 1), "dx": Sum(("dout",), 1)},
    )


def relu_forward_naive(x: Array) -> tuple[Array, Any]:
    """x (any shape) -> out (the same), cache. One entry at a time."""
    out = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            out[index] = x[index]
    return out, x


def relu_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (x's shape) -> dx (the same). One entry at a time."""
    x = cache
    dx = np.zeros(x.shape, dout.dtype)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            dx[index] = dout[index]
    return dx


def relu_forward(x: Array) -> tuple[Array, Any]:
    """x (any shape) -> out (the same), cache."""
    return np.where(x > 0, x, x.dtype.type(0)), x


def relu_backward(dout: Array, cache: Any) -> Array:
    """dout (x's shape) -> dx (the same)."""
    # Not dout * (x > 0), which makes NaN of an infinite dout where x is negative.
    return np.where(cache > 0, dout, dout.dtype.type(0))


LAYER = Layer(
    name="relu",
    summary="negative entries become zero",
    sizes=ReluSizes,
    input_names=("x",),
    shapes={"x": "of any shape"},
    facts=relu_facts,
    words=WORDS,
    variants={
        "naive": Variant(relu_forward_naive, relu_backward_naive, "one entry at a time"),
        "vectorized": Variant(relu_forward, relu_backward, "all entries at once"),
    },
    equations={"forward": "a = x 1{x > 0}", "dx": "dout 1{x > 0}"},
)

"""ReLU: negative entries become zero. Any shape will do.

Source: CS231n, assignment 2; V. Busa, Implementing Convolutional Layer (2017), names it beside max-pool.

    forward   a = x 1{x > 0}
    dx        dx = dout 1{x > 0}

The output is piecewise linear in x, with a kink at zero, where this layer takes the gradient to be zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.entrywise import EntrywiseSizes, entrywise_facts
from convcheck.layers.layer import Array, Facts, Layer, Variant
from convcheck.layers.points import ABOUT_ZERO
from convcheck.layers.relu.words import WORDS


@dataclass(frozen=True)
class ReluSizes(EntrywiseSizes):
    """Four letters, or a list of any length."""


def relu_facts(sizes: ReluSizes) -> Facts:
    """Kinked in x."""
    return entrywise_facts(sizes, "kinked", ABOUT_ZERO, exact=True)


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

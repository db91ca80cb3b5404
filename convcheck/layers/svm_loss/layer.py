"""SVM loss: the hinge loss of scores, by which the right class of a row must beat each other one by a margin.

Source: CS231n, assignment 2, `svm_loss(x, y) -> (loss, dx)`. y (N,) holds the right class of each row: integers, with
no gradient of their own. r is 1/N where the loss is the mean over the rows, 1 where it is their sum; Δ is `delta`.

    margins   m[n,c] = x[n,c] - x[n,y[n]] + Δ,   c ≠ y[n]
    forward   L = r Σ_n Σ_{c ≠ y[n]} max(0, m[n,c])
    dx        dx[n,c] = dout r 1{m[n,c] > 0},   c ≠ y[n];   dx[n,y[n]] = -dout r Σ_{c ≠ y[n]} 1{m[n,c] > 0}

The loss is piecewise linear in x, with kinks where a margin is zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.labels import labels, reduction_field, share
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All
from convcheck.layers.points import Points
from convcheck.layers.svm_loss.words import WORDS
from convcheck.spec.fields import number, size
from convcheck.spec.sizes import Shape, Sizes

# Scores are multiples of this in (-2, 2), but for those of the right classes, which lie between.
GRID = 2.0**-4


@dataclass(frozen=True)
class SvmLossSizes(Sizes):
    """Rows and classes, and the margin."""

    N: int = size("rows: examples in the batch")
    C: int = size("classes")
    delta: float = number("by how much the right class must beat each other one", minimum=0, default=1.0)
    reduction: str = reduction_field()

    def shapes(self) -> dict[str, Shape]:
        """x and out, which is one number."""
        return {"x": (self.N, self.C), "out": ()}


def svm_loss_facts(sizes: SvmLossSizes) -> Facts:
    """Kinked in x, where margins are zero; the one output there is depends on every entry."""
    y, shape = labels(sizes.N, sizes.C), (sizes.N, sizes.C)

    def drawn(rng: Draws) -> tuple[Array, float]:
        """Scores whose margins are all as far from zero as half of the grid's step, and that distance."""
        steps = round(2 / GRID)
        x = rng.integers(1 - steps, steps, shape) * GRID
        x[np.arange(sizes.N), y] += sizes.delta % GRID + GRID / 2
        return x, GRID / 2

    def further(x: Array, rng: Draws) -> Iterator[Array]:
        """Scores far apart, where every other margin is below zero, and the other way round."""
        yield from (-4 * x, 4 * x) if sizes.delta == 1 else ()

    x = Input("x", shape, "kinked", (All(), All()), ("n", "c"), Points(2 if sizes.delta == 1 else 0, further), drawn)
    sums = {"forward": Sum(("x",), 3 * sizes.N * sizes.C), "dx": Sum(("dout",), sizes.C)}
    return Facts(inputs=(x,), output=(), sums=sums, exact=False, is_last=True)


def svm_loss_params(sizes: SvmLossSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"y" (N,), "delta", "reduction"}."""
    return {"y": labels(sizes.N, sizes.C), "delta": sizes.delta, "reduction": sizes.reduction}


def svm_loss_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """What each margin is the sum of, and how many of them an entry's gradient counts."""
    (x,), params = inputs, params or {}
    r, rows = share(params, len(x)), np.arange(len(x))
    of_right = np.abs(x[rows, params["y"]])[:, None]
    dx = np.ones(x.shape)
    dx[rows, params["y"]] = x.shape[1]
    return {"forward": np.asarray(r * (np.abs(x) + of_right + params["delta"]).sum()), "dx": dx * r * np.abs(dout)}


def svm_loss_forward_naive(x: Array, params: Params) -> tuple[Array, Any]:
    """x (N, C) -> loss (), cache. One row, and one class, at a time."""
    N, C = x.shape
    y, r = params["y"], share(params, N)
    loss = x.dtype.type(0)
    for n in range(N):
        for c in range(C):
            margin = x[n, c] - x[n, y[n]] + params["delta"]
            if c != y[n] and margin.real > 0:
                loss += margin
    return np.asarray(loss * r, x.dtype), (x, params)


def svm_loss_backward_naive(dout: Array, cache: Any) -> Array:
    """dout () -> dx (N, C). One row, and one class, at a time."""
    x, params = cache
    N, C = x.shape
    y, r = params["y"], share(params, N)
    dx = np.zeros(x.shape, x.dtype)
    for n in range(N):
        for c in range(C):
            if c != y[n] and x[n, c] - x[n, y[n]] + params["delta"] > 0:
                dx[n, c] += dout * r
                dx[n, y[n]] -= dout * r
    return dx


def svm_loss_forward(x: Array, params: Params) -> tuple[Array, Any]:
    """x (N, C) -> loss (), cache."""
    y, r, rows = params["y"], share(params, len(x)), np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + x.dtype.type(params["delta"]))
    margins[rows, y] = 0
    return np.asarray(margins.sum() * r, x.dtype), (margins, y, r)


def svm_loss_backward(dout: Array, cache: Any) -> Array:
    """dout () -> dx (N, C)."""
    margins, y, r = cache
    dx = (margins > 0).astype(margins.dtype)
    dx[np.arange(len(dx)), y] -= dx.sum(axis=1)
    return np.asarray(dx * (dout * r), margins.dtype)


LAYER = Layer(
    name="svm_loss",
    summary="hinge loss: the right class of each row must beat each other one by a margin",
    sizes=SvmLossSizes,
    input_names=("x",),
    shapes={"x": "(N, C)"},
    facts=svm_loss_facts,
    words=WORDS,
    parameters=("y", "delta", "reduction"),
    params=svm_loss_params,
    rounding=svm_loss_rounding,
    variants={
        "naive": Variant(svm_loss_forward_naive, svm_loss_backward_naive, "one row and class at a time"),
        "vectorized": Variant(svm_loss_forward, svm_loss_backward, "all rows at once"),
    },
    equations={
        "forward": "L = r Σ_n Σ_{c ≠ y[n]} max(0, m[n,c]),   m[n,c] = x[n,c] - x[n,y[n]] + Δ,   r = 1/N or 1",
        "dx": "dout r (1{m[n,c] > 0} for c ≠ y[n], -Σ_{c ≠ y[n]} 1{m[n,c] > 0} at y[n])",
    },
    is_loss=True,
)

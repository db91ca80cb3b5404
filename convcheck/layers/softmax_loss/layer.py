"""Softmax loss: the cross entropy of the probabilities that softmax makes of scores, against the right class.

Source: CS231n, assignment 2, `softmax_loss(x, y) -> (loss, dx)`. y (N,) holds the right class of each row: integers,
with no gradient of their own. r is 1/N where the loss is the mean over the rows, 1 where it is their sum.

    forward   L = r Σ_n -log p[n,y[n]] = r Σ_n (log Σ_c exp(x[n,c]) - x[n,y[n]])
    dx        dx[n,c] = dout r (p[n,c] - 1{c = y[n]}),   p[n,c] = exp(x[n,c]) / Σ_k exp(x[n,k])

With an `eps` beside the probability, as some write it to keep the logarithm from zero, -log(p + eps), row n of dx has
the factor p[n,y[n]] / (p[n,y[n]] + eps).

A number added to all scores of a row changes nothing: the largest of them is taken away before exp, which overflows
for scores from 710 on in float64, and from 89 on in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.labels import labels, reduction_field, share
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All
from convcheck.layers.softmax_loss.words import WORDS
from convcheck.spec.fields import number, size
from convcheck.spec.sizes import Shape, Sizes

# Scores so many times larger are still within what float32 holds, and beyond what its exp does.
LARGE_SCORES = 2.0**10


@dataclass(frozen=True)
class SoftmaxLossSizes(Sizes):
    """Rows and classes."""

    N: int = size("rows: examples in the batch")
    C: int = size("classes")
    reduction: str = reduction_field()
    eps: float = number("added to the probability inside the logarithm", minimum=0, default=0.0)

    def shapes(self) -> dict[str, Shape]:
        """x and out, which is one number."""
        return {"x": (self.N, self.C), "out": ()}

    def is_smooth(self) -> bool:
        """In x."""
        return True


def softmax_loss_facts(sizes: SoftmaxLossSizes) -> Facts:
    """Smooth in x; the one output there is depends on every entry."""
    x = Input("x", (sizes.N, sizes.C), "smooth", (All(), All()), ("n", "c"), extreme=LARGE_SCORES)
    sums = {"forward": Sum(("x",), sizes.N * sizes.C), "dx": Sum(("dout",), sizes.C)}
    return Facts(inputs=(x,), output=(), sums=sums, exact=False, is_last=True)


def softmax_loss_params(sizes: SoftmaxLossSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"y" (N,), "reduction", "eps"}."""
    return {"y": labels(sizes.N, sizes.C), "reduction": sizes.reduction, "eps": sizes.eps}


def softmax_loss_rounding(
    layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None
) -> Arrays:
    """The magnitude of what is subtracted, and of p and of 1; p has the rounding of x in its exponent."""
    (x,), params = inputs, params or {}
    r = share(params, len(x))
    largest = np.abs(x).max(axis=1, keepdims=True) + np.log(x.shape[1]) + 1
    of_class = np.zeros(x.shape)
    of_class[np.arange(len(x)), params["y"]] = 1
    # Probabilities below what float32 holds are nothing there.
    p = _probabilities(x) + np.finfo(np.float32).tiny
    dx = np.abs(dout) * r * (p * (1 + 2 * largest) + of_class)
    return {"forward": np.asarray(3 * r * largest.sum()), "dx": dx}


def _probabilities(x: Array) -> Array:
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def softmax_loss_forward_naive(x: Array, params: Params) -> tuple[Array, Any]:
    """x (N, C) -> loss (), cache. One row, and one class, at a time."""
    N, C = x.shape
    y, r = params["y"], share(params, N)
    p = np.zeros((N, C), x.dtype)
    loss = x.dtype.type(0)
    for n in range(N):
        largest = max(x[n, c].real for c in range(C))
        total = x.dtype.type(0)
        for c in range(C):
            p[n, c] = np.exp(x[n, c] - largest)
            total += p[n, c]
        for c in range(C):
            p[n, c] /= total
        if params["eps"]:
            loss -= np.log(p[n, y[n]] + x.dtype.type(params["eps"]))
        else:
            loss += np.log(total) - (x[n, y[n]] - largest)
    return np.asarray(loss * r, x.dtype), (p, y, r, params["eps"])


def softmax_loss_backward_naive(dout: Array, cache: Any) -> Array:
    """dout () -> dx (N, C)."""
    p, y, r, eps = cache
    dx = np.zeros(p.shape, p.dtype)
    for n, c in np.ndindex(p.shape):
        kept = p[n, y[n]] / (p[n, y[n]] + eps) if eps else 1
        dx[n, c] = dout * r * kept * (p[n, c] - (1 if c == y[n] else 0))
    return dx


def softmax_loss_forward(x: Array, params: Params) -> tuple[Array, Any]:
    """x (N, C) -> loss (), cache."""
    y, r = params["y"], share(params, len(x))
    shifted = x - x.real.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_right = log_p[np.arange(len(x)), y]
    if params["eps"]:
        log_right = np.log(np.exp(log_right) + x.dtype.type(params["eps"]))
    return np.asarray(-log_right.sum() * r, x.dtype), (np.exp(log_p), y, r, params["eps"])


def softmax_loss_backward(dout: Array, cache: Any) -> Array:
    """dout () -> dx (N, C)."""
    p, y, r, eps = cache
    rows = np.arange(len(p))
    right = p[rows, y][:, None]
    dx = p.copy()
    dx[rows, y] -= 1
    kept = right / (right + p.dtype.type(eps)) if eps else p.dtype.type(1)
    return np.asarray(dx * (dout * r) * kept, p.dtype)


LAYER = Layer(
    name="softmax_loss",
    summary="cross entropy of softmax scores against the right class of each row",
    sizes=SoftmaxLossSizes,
    input_names=("x",),
    shapes={"x": "(N, C)"},
    facts=softmax_loss_facts,
    words=WORDS,
    parameters=("y", "reduction", "eps"),
    params=softmax_loss_params,
    rounding=softmax_loss_rounding,
    variants={
        "naive": Variant(softmax_loss_forward_naive, softmax_loss_backward_naive, "one row and class at a time"),
        "vectorized": Variant(softmax_loss_forward, softmax_loss_backward, "all rows at once"),
    },
    equations={
        "forward": "L = -r Σ_n log(p[n,y[n]] + eps),   p = softmax of the row,   r = 1/N or 1",
        "dx": "dout r kept[n] (p[n,c] - 1{c = y[n]}),   p = softmax of the row,   "
        "kept[n] = p[n,y[n]] / (p[n,y[n]] + eps), 1 where eps is 0",
    },
    is_loss=True,
)

"""Temporal softmax loss: the cross entropy of scores against the right word at every step, summed over time.

Source: CS231n, assignment 3, `temporal_softmax_loss(x, y, mask, verbose=False) -> (loss, dx)`. x is (N, T, V): scores
of V words at T steps of N sequences. y (N, T) holds the right words, integers, and mask (N, T) whether a place counts:
the ends of captions that are shorter than others do not. Neither has a gradient.

    forward   L = r Σ_{n,t} mask[n,t] (log Σ_v exp(x[n,t,v]) - x[n,t,y[n,t]])
    dx        dx[n,t,v] = dout r mask[n,t] (p[n,t,v] - 1{v = y[n,t]}),   p = softmax over v

    reduction: sequences   r = 1/N, the course's
    reduction: words       r = 1 / (how many places count)
    reduction: sum         r = 1

Some code has no mask, and takes a label of -1 for a place that does not count; some takes every place. That is
`ignored`: by a mask, by a label, or none. Found out where code has no mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import All
from convcheck.layers.softmax_loss.layer import LARGE_SCORES
from convcheck.layers.temporal_softmax_loss.words import (
    BY_LABEL,
    BY_MASK,
    IGNORED,
    NO_WORD,
    NONE,
    REDUCTIONS,
    SEQUENCES,
    WORDS,
)
from convcheck.spec.fields import choice, size
from convcheck.spec.sizes import Shape, Sizes


@dataclass(frozen=True)
class TemporalSoftmaxLossSizes(Sizes):
    """Sequences, steps and words."""

    N: int = size("sequences in the batch")
    T: int = size("steps of a sequence")
    V: int = size("words in the vocabulary")
    reduction: str = choice(
        "the loss is divided by the number of sequences, or of words that count, or is their sum",
        *REDUCTIONS,
        default=SEQUENCES,
    )
    ignored: str = choice("how places are told that do not count", *IGNORED, default=BY_MASK)

    def shapes(self) -> dict[str, Shape]:
        """x and out, which is one number."""
        return {"x": (self.N, self.T, self.V), "out": ()}

    def is_smooth(self) -> bool:
        """In x."""
        return True


def temporal_softmax_loss_facts(sizes: TemporalSoftmaxLossSizes) -> Facts:
    """Smooth in x; the one output there is depends on every entry."""
    shape = sizes.shapes()["x"]
    x = Input("x", shape, "smooth", (All(), All(), All()), ("n", "t", "v"), extreme=LARGE_SCORES)
    sums = {"forward": Sum(("x",), sizes.N * sizes.T * sizes.V), "dx": Sum(("dout",), sizes.V)}
    return Facts(inputs=(x,), output=(), sums=sums, exact=False, is_last=True)


def temporal_softmax_loss_params(sizes: TemporalSoftmaxLossSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """{"y" (N, T), "mask" (N, T), "reduction", "ignored"}: some places count and some do not, where there are two."""
    draws = Draws(f"words {sizes.N} {sizes.T} {sizes.V}")
    y = draws.integers(0, sizes.V, (sizes.N, sizes.T))
    mask = draws.integers(0, 3, (sizes.N, sizes.T)) > 0
    mask[-1, -1] = False
    mask[0, 0] = True
    if sizes.ignored == NONE:
        mask[:] = True
    if sizes.ignored == BY_LABEL:
        y[~mask] = NO_WORD
    return {"y": y, "mask": mask, "reduction": sizes.reduction, "ignored": sizes.ignored}


def share(params: Params) -> float:
    """r, what the loss of a place counts."""
    if params["reduction"] == SEQUENCES:
        return 1.0 / len(params["y"])
    return 1.0 if params["reduction"] == "sum" else 1.0 / max(1, int(params["mask"].sum()))


def temporal_softmax_loss_rounding(
    layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None
) -> Arrays:
    """The magnitude of what is subtracted, and of p and of 1; p has the rounding of x in its exponent."""
    (x,), params = inputs, params or {}
    r, counts = share(params), params["mask"][..., None]
    largest = np.abs(x).max(axis=2, keepdims=True) + np.log(x.shape[2]) + 1
    of_word = np.arange(x.shape[2]) == params["y"][..., None]
    # Beneath the smallest number that float32 has, a probability is zero.
    lost = float(np.finfo(np.float32).tiny)
    dx = np.abs(dout) * r * counts * (_probabilities(x) * (1 + 2 * largest) + of_word + lost)
    return {"forward": np.asarray(3 * r * (largest * counts).sum()), "dx": dx}


def _probabilities(x: Array) -> Array:
    powers = np.exp(x - x.real.max(axis=2, keepdims=True))
    return np.asarray(powers / powers.sum(axis=2, keepdims=True))


def temporal_softmax_loss_forward_naive(x: Array, params: Params) -> tuple[Array, Any]:
    """x (N, T, V) -> loss (), cache. One word at a time."""
    N, T, V = x.shape
    y, mask, r = params["y"], params["mask"], share(params)
    p = np.zeros(x.shape, x.dtype)
    loss = x.dtype.type(0)
    for n in range(N):
        for t in range(T):
            largest = max(x[n, t, v].real for v in range(V))
            total = x.dtype.type(0)
            for v in range(V):
                p[n, t, v] = np.exp(x[n, t, v] - largest)
                total += p[n, t, v]
            for v in range(V):
                p[n, t, v] /= total
            if mask[n, t]:
                loss += np.log(total) - (x[n, t, y[n, t]] - largest)
    return np.asarray(loss * r, x.dtype), (p, y, mask, r)


def temporal_softmax_loss_backward_naive(dout: Array, cache: Any) -> Array:
    """dout () -> dx (N, T, V). One word at a time."""
    p, y, mask, r = cache
    dx = np.zeros(p.shape, p.dtype)
    for n, t, v in np.ndindex(p.shape):
        if mask[n, t]:
            dx[n, t, v] = dout * r * (p[n, t, v] - (1 if v == y[n, t] else 0))
    return dx


def temporal_softmax_loss_forward(x: Array, params: Params) -> tuple[Array, Any]:
    """x (N, T, V) -> loss (), cache."""
    y, mask, r = params["y"], params["mask"], share(params)
    shifted = x - x.real.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    of_word = np.take_along_axis(log_p, y[..., None] % x.shape[2], axis=2)[..., 0]
    return np.asarray(-(of_word * mask).sum() * r, x.dtype), (np.exp(log_p), y, mask, r)


def temporal_softmax_loss_backward(dout: Array, cache: Any) -> Array:
    """dout () -> dx (N, T, V)."""
    p, y, mask, r = cache
    dx = p - (np.arange(p.shape[2]) == y[..., None])
    return np.asarray(dx * mask[..., None] * (dout * r), p.dtype)


LAYER = Layer(
    name="temporal_softmax_loss",
    summary="cross entropy of scores against the right word at every step that counts",
    sizes=TemporalSoftmaxLossSizes,
    input_names=("x",),
    shapes={"x": "(N, T, V)"},
    facts=temporal_softmax_loss_facts,
    words=WORDS,
    parameters=("y", "mask", "reduction", "ignored"),
    params=temporal_softmax_loss_params,
    rounding=temporal_softmax_loss_rounding,
    variants={
        "naive": Variant(
            temporal_softmax_loss_forward_naive, temporal_softmax_loss_backward_naive, "one word at a time"
        ),
        "vectorized": Variant(temporal_softmax_loss_forward, temporal_softmax_loss_backward, "all steps at once"),
    },
    equations={
        "forward": "L = r Σ_{n,t} mask[n,t] (log Σ_v exp(x[n,t,v]) - x[n,t,y[n,t]]),   r = 1/N, 1/Σ mask or 1",
        "dx": "dout r mask[n,t] (p[n,t,v] - 1{v = y[n,t]}),   p = softmax over the words",
    },
    is_loss=True,
)

"""Dropout: in train mode each entry is kept or set to zero by chance; in test mode all are kept.

Source: CS231n, assignment 2, `dropout_forward(x, dropout_param)`, "inverted dropout"; Srivastava et al. (2014). The
mask is drawn by the code under test, and its gradient is that of the mask that was drawn.

    train     a = x m s,   m = 1 where the entry is kept, else 0
    test      a = x t
    dx        dout m s in train mode, dout t in test mode

k is the share of entries that is kept: p where `p_is` kept, 1 - p where it is dropped. The mean of the output is that
of x in both modes, or k times it in both:

    scaling: train   s = 1/k   t = 1
    scaling: test    s = 1     t = k
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, frexp
from typing import Any, ClassVar

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.dropout.misdrawn import misdrawn
from convcheck.layers.dropout.words import KEPT, P_IS, SCALING, TRAIN, WORDS, kept_share
from convcheck.layers.layer import Array, Arrays, Facts, Input, Layer, Params, Sum, Variant
from convcheck.layers.locality import Same
from convcheck.spec.fields import choice, number, shape, size
from convcheck.spec.sizes import Problem, Shape, Sizes

MODES = ("train", "test")
# NumPy 1 stops at 32 axes.
MOST_AXES = 32
SEED = 231


@dataclass(frozen=True)
class DropoutSizes(Sizes):
    """Rows and columns, or a list of any length; and what dropout_param says."""

    N: int | None = size("rows: examples in the batch", default=None)
    D: int | None = size("columns: features", default=None)
    shape: tuple[int, ...] | None = shape("size of each axis, in place of N and D", default=None)
    p: float = number("the share of entries that is kept, or dropped", above=0, below=1, default=0.75)
    mode: str = choice("train: entries are dropped; test: all are kept", *MODES, default="train")
    p_is: str = choice("what p is the share of", *P_IS, default=KEPT)
    scaling: str = choice("the mode in which the entries are scaled", *SCALING, default=TRAIN)

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("N", "D"), ("shape",))

    def problems(self) -> Iterator[Problem]:
        """More axes than an array can have."""
        if self.shape is not None and len(self.shape) > MOST_AXES:
            yield Problem("shape", f"shape has {len(self.shape)} axes; an array has at most {MOST_AXES}")

    def shapes(self) -> dict[str, Shape]:
        """x and out, the same."""
        whole = tuple(self.shape) if self.shape is not None else tuple(n for n in (self.N, self.D) if n is not None)
        return {"x": whole, "out": whole}


def factors(params: Params) -> tuple[float, float]:
    """s and t: what entries are multiplied by in train mode, where they are kept, and in test mode."""
    k = kept_share(params)
    return (1 / k, 1.0) if params["scaling"] == TRAIN else (1.0, k)


def dropout_facts(sizes: DropoutSizes) -> Facts:
    """Linear in x; an entry reaches its own output and no other. Exact where it is scaled by powers of two."""
    whole = sizes.shapes()["x"]
    ties = tuple(Same(axis) for axis in range(len(whole)))
    x = Input("x", whole, "linear", ties, ("n", "d") if sizes.shape is None else ())
    scaled = factors(sizes.given())
    exact = all(frexp(factor)[0] == 0.5 for factor in scaled)
    terms = ceil(max(1, *scaled))
    sums = {"forward": Sum(("x",), terms), "dx": Sum(("dout",), terms)}
    return Facts(inputs=(x,), output=whole, sums=sums, exact=exact)


def dropout_params(sizes: DropoutSizes, rng: Draws, dtype: np.dtype[Any]) -> Params:
    """dropout_param of CS231n, {"p", "mode", "seed"}, with what p and the scaling are."""
    return {"p": sizes.p, "mode": sizes.mode, "seed": SEED, "p_is": sizes.p_is, "scaling": sizes.scaling}


def dropout_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """The entries, scaled; 1 - p and 1/k round as well."""
    largest = max(1.0, *factors(params or {})) * (1 if facts.exact else 2)
    return {"forward": largest * np.abs(inputs[0]), "dx": largest * np.abs(dout)}


def mask_of(out: Array) -> Params:
    """The mask that gave this output of ones."""
    return {"mask": out != 0}


def mask(x: Array, params: Params) -> Array:
    """What is kept of x: the mask that the code under test has drawn, if there is one, else one of our own."""
    if "mask" in params:
        return np.asarray(params["mask"])
    return Draws(f"dropout {params['seed']}").uniform(0, 1, x.shape) < kept_share(params)


def dropout_forward_naive(x: Array, params: Params) -> tuple[Array, Any]:
    """x (any shape) -> out (the same), cache. One entry at a time."""
    in_train, in_test = factors(params)
    testing, kept = params["mode"] == "test", mask(x, params)
    out = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        if testing:
            out[index] = x[index] * in_test
        elif kept[index]:
            out[index] = x[index] * in_train
    return out, (kept, params)


def dropout_backward_naive(dout: Array, cache: Any) -> Array:
    """dout (x's shape) -> dx (the same). One entry at a time."""
    kept, params = cache
    in_train, in_test = factors(params)
    dx = np.zeros(dout.shape, dout.dtype)
    for index in np.ndindex(dout.shape):
        if params["mode"] == "test":
            dx[index] = dout[index] * in_test
        elif kept[index]:
            dx[index] = dout[index] * in_train
    return dx


def dropout_forward(x: Array, params: Params) -> tuple[Array, Any]:
    """x (any shape) -> out (the same), cache."""
    in_train, in_test = factors(params)
    factor = np.asarray(in_test if params["mode"] == "test" else mask(x, params) * in_train).astype(x.dtype)
    return x * factor, factor


def dropout_backward(dout: Array, cache: Any) -> Array:
    """dout (x's shape) -> dx (the same)."""
    return np.asarray(dout * cache)


LAYER = Layer(
    name="dropout",
    summary="entries set to zero by chance in train mode, all kept in test mode",
    sizes=DropoutSizes,
    input_names=("x",),
    shapes={"x": "of any shape"},
    facts=dropout_facts,
    words=WORDS,
    parameters=("p", "mode", "seed", "p_is", "scaling"),
    params=dropout_params,
    rounding=dropout_rounding,
    variants={
        "naive": Variant(dropout_forward_naive, dropout_backward_naive, "one entry at a time"),
        "vectorized": Variant(dropout_forward, dropout_backward, "all entries at once"),
    },
    equations={
        "forward": "a = x m s in train mode, x t in test mode;   s = 1/k, t = 1, or s = 1, t = k",
        "dx": "dout m s in train mode, dout t in test mode",
    },
    observed=mask_of,
    misdrawn=misdrawn,
)

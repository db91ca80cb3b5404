"""The eps of a normalisation that has no word for it, measured: else right code would be blamed for its constant."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.words import BuiltIn, Objection
from convcheck.spec.sizes import Shape

# 1/√eps must stay well within float32's range, since a column of one value has no other variance.
LEAST_EPS = 1e-30
# From a variance beside which only an eps that matters shows, to one beside which any does that is not zero.
DEVIATIONS = (1e-2, 1e-3, 1e-5, 1e-8, 1e-11, 1e-14, 1e-17)
SAME = 1e-6
# How far rounding may move what is measured, relative to the variance: thousands of roundings.
NOISE = 1e-12
# Below this an eps is lost beside any variance that a check has, and one is as good as another.
NEGLIGIBLE = 1e-20
# PyTorch's, and the paper's.
USUAL = 1e-5


class Balanced(NamedTuple):
    """Small sizes, an x of 1 and -1 for them, of mean 0 and variance 1 wherever the layer takes them, and the other
    inputs, which leave x̂ as it is.
    """

    sizes: Any
    x: Any
    others: Sequence[Any]


def eps_built_in(balanced: Callable[[Any], Sequence[Balanced]], values: Callable[[Any], int], each: str) -> BuiltIn:
    """How the eps is found out of a layer that divides by √(var + eps).

    `balanced(sizes)` is what is asked of code, and what else of code that does not do that. `values(sizes)` is how many
    values a mean and a variance are of, those of `each` "column".
    """
    return BuiltIn(
        "eps",
        USUAL,
        lambda output, sizes, params: True,
        partial(_measured, balanced),
        partial(_objection, values, each),
        adopted=True,
    )


def _measured(
    balanced: Callable[[Any], Sequence[Balanced]], run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]
) -> float | None:
    """What it adds to the variance in train mode; None where it fails.

    NaN where the answer depends on the variance: that is no constant but a mistake, which the check is to find.
    """
    asked = {**params, **({"mode": "train"} if "mode" in params else {}), "eps": USUAL}
    for one in balanced(sizes):
        seen = _seen(run, one, asked)
        if seen:
            break
    else:
        return None
    eps = seen[-1] if seen[-1] > NOISE * DEVIATIONS[-1] ** 2 else 0.0
    steady = all(abs(e - eps) <= SAME * eps + NOISE * a**2 for e, a in zip(seen, DEVIATIONS, strict=True))
    return eps if steady else math.nan


def _seen(run: Callable[..., Any], one: Balanced, asked: Mapping[str, Any]) -> list[float]:
    """What is added to each of the variances; nothing where the code fails."""
    seen = []
    for a in DEVIATIONS:
        out = run(one.sizes, asked, [one.x * a, *one.others])
        if out is None:
            return []
        # out = a / √(a² + eps)
        seen.append(float((a / np.abs(np.asarray(out)).max()) ** 2 - a**2))
    return seen


def _objection(
    values: Callable[[Any], int], each: str, own: float, sizes: Any, params: Mapping[str, Any]
) -> Objection | None:
    """Why this eps cannot be asked of code that adds `own`; None where the two come to the same."""
    asked = float(params["eps"])
    if abs(own - asked) > SAME * asked and max(own, asked) > NEGLIGIBLE:
        return Objection(
            f"has no parameter and no attribute for eps, and adds {own:.6g} to the variance: "
            f"eps = {asked:g} cannot be asked of it; a spec with eps: {max(own, LEAST_EPS):.6g} can be",
            {"eps": float(f"{own:.6g}")},
        )
    if own == 0 and values(sizes) == 1 and params.get("mode", "train") == "train":
        return Objection(
            "adds nothing to the variance, and divides by zero where that is zero: "
            f"a {each} of one value cannot be asked of it"
        )
    return None


def _balanced_columns(sizes: Any) -> Sequence[Balanced]:
    """Two rows, or two images of one place."""
    lengths = {name: 2 if name == "N" else 1 for name in ("N", "H", "W") if hasattr(sizes, name)}
    small = replace(sizes, **lengths)
    signs = np.ones(small.shapes()["x"])
    signs[1] = -1
    return [Balanced(small, signs, ones_and_zeros(small.shapes()["gamma"]))]


def ones_and_zeros(shape: Shape) -> Sequence[Any]:
    """gamma and beta that leave x̂ as it is."""
    return np.ones(shape), np.zeros(shape)


def _values_of_a_column(sizes: Any) -> int:
    shapes = sizes.shapes()
    return int(np.prod(shapes["x"])) // int(np.prod(shapes["gamma"]))


EPS = eps_built_in(_balanced_columns, _values_of_a_column, "column")

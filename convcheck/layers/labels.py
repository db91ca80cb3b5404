"""What losses over classes have in common: labels, and whether the loss is the mean or the sum over the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.layers.words import BuiltIn, Objection, WordTable, X, words
from convcheck.spec.fields import choice

REDUCTIONS = ("mean", "sum")
SCORES = X | words("scores score logits logit z pred preds predictions ypred yhat outputs output o")
SETTINGS: WordTable = {
    "y": words("y label labels target targets t ytrue gt truth groundtruth ytarget ys trueclass classes answers"),
    "reduction": words("reduction"),
}
# How far rounding may move the ratio of two losses.
SAME = 1e-6
# What constants are not larger than, and what is none.
MOST = 100.0
NEGLIGIBLE = 1e-15


def reduction_field() -> Any:
    """`reduction`: PyTorch's word for it."""
    return choice("the loss is the mean over the rows, or their sum", *REDUCTIONS, default="mean")


def labels(N: int, C: int) -> Array:
    """(N,), the right class of each row: integers from 0 to C - 1, the same ones at the same sizes."""
    return Draws(f"labels {N} {C}").integers(0, C, (N,))


def share(params: Mapping[str, Any], N: int) -> float:
    """What the loss of each row counts: 1/N or 1."""
    return 1.0 / N if params["reduction"] == "mean" else 1.0


def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> str | None:
    """Whether code takes the mean or the sum, by the loss of one row and of two that are like it; None where it fails.

    "" where it is neither: that is a mistake, which the check is to find.
    """
    row = np.linspace(-1, 1, sizes.C)
    found = []
    for rows in (1, 2):
        small = replace(sizes, N=rows)
        asked = {**params, "reduction": REDUCTIONS[0], "y": np.zeros(rows, np.int64)}
        out = run(small, asked, [np.tile(row, (rows, 1))])
        if out is None or np.shape(out) != () or not isfinite(float(out)):
            return None
        found.append(float(out))
    one, two = found
    ratios = {"mean": one, "sum": 2 * one}
    return next((name for name, right in ratios.items() if abs(two - right) <= SAME * abs(right)), "")


def objection(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this reduction cannot be asked of code that does `own`; None where the two come to the same."""
    asked = params["reduction"]
    if own in ("", asked) or sizes.N == 1:
        return None
    does = "takes the mean over the rows" if own == "mean" else "adds up the rows"
    return Objection(
        f"has no parameter for reduction, and {does}: reduction = {asked} cannot be asked of it; "
        f"a spec with reduction: {own} can be",
        {"reduction": own},
    )


def measured_by_one_row(key: str, usual: float, scores: list[float], value: Callable[[float], float]) -> BuiltIn:
    """A constant `key` that is `value` of the loss of one row of these scores, the first that of the right class."""

    def measured_constant(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
        one = replace(sizes, N=1, C=len(scores))
        asked = {**params, "reduction": REDUCTIONS[0], key: usual, "y": np.zeros(1, np.int64)}
        out = run(one, asked, [np.array([scores])])
        return None if out is None or np.shape(out) != () else value(float(out))

    def objection_to(own: float, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        asked = float(params[key])
        # What is no constant in this place is a mistake, which the check is to find.
        if not 0 <= own < MOST or abs(own - asked) <= SAME * max(own, asked) + NEGLIGIBLE:
            return None
        sentence = f"has no parameter for {key}, and takes {own:.6g} by itself: {key} = {asked:g} cannot be asked of it"
        return Objection(f"{sentence}; a spec with {key}: {own:.6g} can be", {key: float(f"{own:.6g}")})

    return BuiltIn(key, usual, lambda output, sizes, params: True, measured_constant, objection_to, adopted=True)


REDUCTION = BuiltIn("reduction", "mean", lambda output, sizes, params: sizes.N > 1, measured, objection, adopted=True)

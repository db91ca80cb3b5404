"""What losses over classes have in common: labels, and whether the loss is the mean or the sum over the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.layers.words import BuiltIn, Objection, OtherValues, WordTable, X, words
from convcheck.spec.fields import choice

REDUCTIONS = ("mean", "sum")
SCORES = X | words("scores score logits logit z pred preds predictions ypred yhat outputs output o")
SETTINGS: WordTable = {
    "y": words(
        "y label labels target targets t ytrue gt truth groundtruth ytarget ys trueclass classes answers onehot yonehot"
        " onehoty onehotlabels labelsonehot onehottargets targetsonehot yhot ytrueonehot"
    ),
    "reduction": words("reduction"),
}
# What code of such a name takes that has an affine layer in it.
CLASSIFIER: Mapping[str, str] = dict.fromkeys(
    words("w weights weight theta wts reg regstrength regularization regularizationstrength lambda lam wd"),
    "it takes weights, and a linear classifier is not checked; a loss of its scores x (N, C) is, as a function "
    "loss(x, y) that returns (loss, dx)",
)
ONE_NUMBER = "the loss is one number: the mean over the rows, or their sum"
# How far rounding may move the ratio of two losses.
SAME = 1e-6
# What constants are not larger than, and what is none.
MOST = 100.0
NEGLIGIBLE = 1e-300


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
        if out is None or np.size(out) != 1 or not isfinite(float(np.reshape(out, ()))):
            return None
        found.append(float(np.reshape(out, ())))
    one, two = found
    ratios = {"mean": one, "sum": 2 * one}
    return next((name for name, right in ratios.items() if abs(two - right) <= SAME * abs(right)), "")


def objection(own: str, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this reduction cannot be asked of code that does `own`; None where the two come to the same."""
    asked = params["reduction"]
    if own == asked or sizes.N == 1 or (own == "" and asked == REDUCTIONS[0]):
        return None
    # What does neither is held to what is usual: then a mistake is looked for in one place alone.
    own = own or REDUCTIONS[0]
    does = "takes the mean over the rows" if own == "mean" else "adds up the rows"
    return Objection(
        f"has no parameter for reduction, and {does}: reduction = {asked} cannot be asked of it; "
        f"a spec with reduction: {own} can be",
        {"reduction": own},
    )


def of_one_row(
    run: Callable[..., Any], sizes: Any, params: Mapping[str, Any], key: str, usual: float, scores: list[float]
) -> float | None:
    """The loss of one row of these scores, the first that of the right class, of code that is not told `key`."""
    one = replace(sizes, N=1, C=len(scores))
    asked = {**params, "reduction": REDUCTIONS[0], key: usual, "y": np.zeros(1, np.int64)}
    out = run(one, asked, [np.array([scores])])
    return None if out is None or np.size(out) != 1 else float(np.reshape(out, ()))


def built_in_constant(
    key: str, usual: float, measured: Callable[[Callable[..., Any], Any, Mapping[str, Any]], float | None]
) -> BuiltIn:
    """A number `key` that code may have written in."""

    def objection_to(own: float, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
        asked = float(params[key])
        # What is no constant in this place is a mistake, which the check is to find.
        if not 0 <= own < MOST or abs(own - asked) <= SAME * max(own, asked) + NEGLIGIBLE:
            return None
        sentence = f"has no parameter for {key}, and takes {own:.6g} by itself: {key} = {asked:g} cannot be asked of it"
        return Objection(f"{sentence}; a spec with {key}: {own:.6g} can be", {key: float(f"{own:.6g}")})

    return BuiltIn(key, usual, lambda output, sizes, params: True, measured, objection_to, adopted=True)


REDUCTION = BuiltIn("reduction", "mean", lambda output, sizes, params: sizes.N > 1, measured, objection, adopted=True)


def one_hot(sizes: Any, y: Array) -> Array:
    """(N, C), a one at the right class of each row. Small integers leave the dtype to the scores."""
    return np.asarray(np.arange(sizes.C) == np.reshape(y, (-1, 1)), np.int8)


def column(sizes: Any, y: Array) -> Array:
    """(N, 1)."""
    return np.reshape(y, (-1, 1))


LABELS = OtherValues(
    "y",
    lambda sizes: replace(sizes, N=3, C=5),
    {
        "the labels are handed over one-hot, as (N, C)": one_hot,
        "the labels are handed over as a column, (N, 1)": column,
    },
)

"""The words for a scale normalisation in the code of other people, and the eps that it may have built in."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convcheck.layers.words import BuiltIn, Objection, Words, X, words

LEAST_EPS = 1e-30
USUAL_EPS = 1e-5
# Rows of one number each: with the larger a constant under the root hardly shows, with the smaller it is all there is.
MAGNITUDES = (1e-1, 1e-3, 1e-6)
SAME = 1e-6


def measured(run: Callable[..., Any], sizes: Any, params: Mapping[str, Any]) -> float | None:
    """What it adds to the mean square; None where it fails, NaN where that is no constant, which is a mistake."""
    small = replace(sizes, N=1)
    ones = np.ones((1, sizes.D))
    seen = []
    for a in MAGNITUDES:
        out = run(small, {**params, "eps": USUAL_EPS}, [a * ones, np.ones(sizes.D)])
        if out is None:
            return None
        # out = a / √(a² + eps)
        seen.append(float((a / np.abs(np.asarray(out)).max()) ** 2 - a**2))
    eps = seen[-1]
    steady = all(abs(e - eps) <= SAME * eps + 1e-12 * a**2 for e, a in zip(seen, MAGNITUDES, strict=True))
    return eps if steady else math.nan


def objection(own: float, sizes: Any, params: Mapping[str, Any]) -> Objection | None:
    """Why this eps cannot be asked of code that adds `own`; None where the two come to the same.

    Code that adds no constant is asked what any other is: that it does something else is for the check to find.
    """
    asked = float(params["eps"])
    if math.isnan(own) or abs(own - asked) <= SAME * asked:
        return None
    return Objection(f"adds {own:.6g} by itself: eps = {asked:g} cannot be asked of it", {"eps": float(f"{own:.6g}")})


WORDS = Words(
    names=words("scalenorm scalenormalization sn"),
    inputs={"x": X, "gain": words("gain g weight weights w scale")},
    sizes={"D": words("dim dims d features numfeatures nfeatures"), "N": words("n batchsize batch")},
    settings={"eps": words("eps epsilon e tiny")},
    built_in=(BuiltIn("eps", USUAL_EPS, lambda output, sizes, params: True, measured, objection, adopted=True),),
    example="scale_norm_forward and scale_norm_backward",
)

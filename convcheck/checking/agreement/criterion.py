"""When two numbers agree: the bound on their difference, and the sentence that says so."""

from math import sqrt
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array

# Beside the summation: a handful of products, a root and a division, and the sum that the checker itself forms.
OVERHEAD = 8
# Rounding errors add up like a random walk; six standard deviations of one, after Higham and Mary (2019).
DEVIATIONS = 6
# A difference scheme that is this uncertain, measured against the terms it sums, decides nothing.
WIDEST = 1e-3
SWAYED = f" + {OVERHEAD}·(how far it moves when the inputs are rounded)"
EQUAL = "exact arithmetic: equal to the last bit"


def rounding_factor(terms: int) -> float:
    """How many epsilons of Σ|terms| a sum of that many terms may be off, in whatever order it is formed."""
    return OVERHEAD + min(terms, DEVIATIONS * sqrt(terms))


class Criterion(NamedTuple):
    """`bound` for each entry; `too_wide` marks those whose bound means nothing; `sentence` is what reports print.

    `if_equal` is the sentence where every entry came out equal and nothing but equality was needed.
    """

    bound: Array
    too_wide: Array
    sentence: str
    if_equal: str | None = None


def derived(
    scale: Array, error: Array, terms: int, epsilon: float, exact: bool, error_is: str = "|analytic − numeric|"
) -> Criterion:
    """The bound that rounding (`scale`, the magnitude of the terms) and the scheme's own `error` leave.

    `exact`: the data leaves nothing to round, so sound code that sums in any order is right to the last bit; a
    transform (FFT, Winograd) may round all the same, and is held to the rounding bound.
    """
    factor = rounding_factor(terms)
    # A transform rounds each entry by what the larger ones round.
    bound = factor * epsilon * np.maximum(scale, scale.mean()) + error
    too_wide = ~(error <= WIDEST * max(float(scale.max(initial=0)), np.finfo(float).tiny))
    limit = f"{factor:.3g}·eps·Σ|terms|" + (" + the scheme's error" if np.any(error) and not exact else "")
    if exact:
        return Criterion(bound, too_wide, f"{EQUAL}, or within {limit}", EQUAL)
    return Criterion(bound, too_wide, f"{error_is} ≤ {limit}")


def tolerated(tolerance: float, analytic: Array, numeric: Array) -> Criterion:
    """The user's own tolerance instead of the bound."""
    bound = tolerance * np.maximum(1.0, np.fmax(np.abs(analytic), np.abs(numeric)))
    sentence = f"|analytic − numeric| ≤ {tolerance:g}·max(1, |analytic|, |numeric|), as the tolerance asks"
    return Criterion(bound, np.zeros(bound.shape, dtype=bool), sentence)

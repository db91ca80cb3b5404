"""When two numbers agree: the bound on their difference, and the sentence that says so."""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.layer import Array

# Beside the summation: a handful of products, a root and a division, and the sum that the checker itself forms.
OVERHEAD = 8
# Rounding errors add up like a random walk; six standard deviations of one, after Higham and Mary (2019).
DEVIATIONS = 6
# Differences whose error is more than this share of the terms that they sum decide nothing.
MOST_UNCERTAIN = 1e-3
# Extrapolated differences of an output that does not change are off by some times its rounding over the input's size.
AS_ROUNDING = 256
SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)
# What is off by this many bounds is wrong, even where the bound is uncertain.
FAR_OFF = 64
EQUAL = "exact arithmetic: equal to the last bit"
# Added to the sentence of a criterion whose bound allows for the rounding of the inputs.
INPUT_ROUNDING = f" + {OVERHEAD}·(how far it moves when the inputs are rounded)"


class Criterion(NamedTuple):
    """`bound` for each entry; `too_wide` marks those whose bound means nothing; `sentence` is what reports print.

    `if_equal` is the sentence where every entry came out equal and nothing but equality was needed.
    """

    bound: Array
    too_wide: Array
    sentence: str
    if_equal: str | None = None


def rounding_factor(terms: int) -> float:
    """How many epsilons of Σ|terms| a sum of that many terms may be off, in whatever order it is formed."""
    return OVERHEAD + min(terms, DEVIATIONS * sqrt(terms))


def epsilon_of(array: Array, dtype: np.dtype[Any]) -> float:
    """The epsilon to hold `array` to: that of its own dtype where it is coarser than the `dtype` that was asked for."""
    asked = float(np.finfo(dtype).eps)
    return max(asked, float(np.finfo(array.dtype).eps)) if array.dtype.kind == "f" and array.dtype != dtype else asked


def at_least_mean(scale: Array) -> Array:
    """`scale` with its mean in place of whatever is smaller.

    Each entry is allowed what the larger ones round: a transform (FFT, Winograd) spreads their rounding over all
    entries, and an entry that cancels to nothing still carries the rounding of what cancelled.
    """
    return np.asarray(np.maximum(scale, scale.mean()))


def derived_criterion(
    scale: Array, error: Array, terms: int, epsilon: float, exact: bool, error_is: str = "|analytic − numeric|"
) -> Criterion:
    """The bound that rounding (`scale`, the magnitude of the terms) and the scheme's own `error` leave.

    `exact`: the data leaves nothing to round, so sound code that sums in any order is right to the last bit; a
    transform (FFT, Winograd) may round all the same, and is held to the rounding bound.
    """
    factor = rounding_factor(terms)
    bound = factor * epsilon * at_least_mean(scale) + error
    too_wide = ~(error <= MOST_UNCERTAIN * max(float(scale.max(initial=0)), SMALLEST_NORMAL))
    limit = f"{factor:.3g}·eps·Σ|terms|" + (" + the scheme's error" if not exact and np.any(error) else "")
    if exact:
        return Criterion(bound, too_wide, f"{EQUAL}, or within {limit}", EQUAL)
    return Criterion(bound, too_wide, f"{error_is} ≤ {limit}")


def decided_all_the_same(criterion: Criterion, error: Array, analytic: Array, numeric: Array) -> Array:
    """Which entries `error`, the scheme's, decides, though it is wide beside what is held against it.

    A value far larger than the error is right or wrong, however small the other is; and so is one that is off by far
    more than the bound.
    """
    off = np.abs(analytic - numeric)
    return np.asarray((error <= MOST_UNCERTAIN * np.abs(analytic)) | (off > FAR_OFF * criterion.bound))


def zero_but_for_rounding(
    analytic: Array, numeric: Array, error: Array, bound: Array, least_visible: Array
) -> tuple[Array, Array]:
    """Which entries are zero by both, as far as any differences of this forward could show; and the bound for these.

    That is, where `error` of the differences leaves room for a zero, `bound` leaves room for one in backward, and the
    bound is no more than what the rounding of the outputs looks like (`least_visible`). Each side may be off by itself.
    """
    zero = (np.abs(numeric) <= error) & (np.abs(analytic) <= bound + error)
    zero &= bound <= AS_ROUNDING * least_visible
    return zero, np.where(zero, bound + 2 * error, bound)


def tolerance_criterion(tolerance: float, analytic: Array, numeric: Array, error: Array | float = 0.0) -> Criterion:
    """The user's own tolerance instead of the bound. Where the scheme's own `error` is larger, it decides nothing."""
    bound = tolerance * np.maximum(1.0, np.fmax(np.abs(analytic), np.abs(numeric)))
    sentence = f"|analytic − numeric| ≤ {tolerance:g}·max(1, |analytic|, |numeric|), as the tolerance asks"
    # A tolerance of 0 asks for equality, whatever differences can show.
    blurred = (error > bound) & (tolerance > 0)
    bound = bound + np.where(blurred, error, 0)
    return Criterion(bound, blurred & (np.abs(analytic - numeric) <= FAR_OFF * bound), sentence)

"""Whether a function is linear in an input, as far as one direction can tell."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.slope import Scheme


def linear_along(scheme: Scheme, direction: Array, roundoff: float) -> bool:
    """Whether half the way along `direction` has half the slope, but for rounding. Costs two slopes."""
    whole, half = scheme(direction), scheme(direction / 2)
    with np.errstate(all="ignore"):
        # An output whose terms happen to cancel is no better rounded than the others: what they sum is like theirs.
        size = max(float(np.abs(whole.value).max(initial=0)), 2 * float(np.abs(half.value).max(initial=0)))
        allowed = whole.error + 2 * half.error + 2 * roundoff * size
        return np.isfinite(size) and bool((np.abs(whole.value - 2 * half.value) <= allowed).all())

"""Whether a function is linear in an input, as far as one direction can tell."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.slope import Scheme


def linear_along(scheme: Scheme, direction: Array, roundoff: float) -> bool:
    """Whether half the way along `direction` has half the slope, but for rounding. Costs two slopes."""
    whole, half = scheme(direction), scheme(direction / 2)
    with np.errstate(all="ignore"):
        allowed = whole.error + 2 * half.error + roundoff * (np.abs(whole.value) + 2 * np.abs(half.value))
        return bool((np.abs(whole.value - 2 * half.value) <= allowed).all())

"""`Slope`: a directional derivative of every output at once, and how far it may be off."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from convcheck.layers.layer import Array

# An error this large, relative to the slopes, calls for a better scheme, or for more steps.
COARSE = 1e-3
# The steps that an extrapolation (`Ridders`) begins with, by the bits of the mantissa.
LEVELS = {53: 9, 24: 5}


class Slope(NamedTuple):
    """∂a/∂direction for every output a: `value`, the bound `error` on its own error, and where it has `kinks`.

    A kink is an output that has no derivative there, as far as the scheme can see: its two sides differ.
    """

    value: Array
    error: Array
    kinks: Array


class Scheme(Protocol):
    """How a slope is found. `name` is what the report calls it; `cost` counts its forward evaluations a slope."""

    @property
    def name(self) -> str: ...  # noqa: D102 - said in the class
    @property
    def cost(self) -> int: ...  # noqa: D102

    def __call__(self, direction: Array) -> Slope:
        """The slope along `direction`, an array of the shape of the input that moves."""


Along = Callable[[Array], Array]


def linear_along(scheme: Scheme, direction: Array, roundoff: float) -> bool:
    """Whether half the way along `direction` has half the slope, but for rounding. Costs two slopes."""
    whole, half = scheme(direction), scheme(direction / 2)
    with np.errstate(all="ignore"):
        # An output whose terms happen to cancel is no better rounded than the others: what they sum is like theirs.
        size = max(float(np.abs(whole.value).max(initial=0)), 2 * float(np.abs(half.value).max(initial=0)))
        allowed = whole.error + 2 * half.error + 2 * roundoff * size
        return np.isfinite(size) and bool((np.abs(whole.value - 2 * half.value) <= allowed).all())

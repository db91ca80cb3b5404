"""A slope: the derivative of every output along one direction, with a bound on its error, and how it is measured."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from convcheck.layers.layer import Array

# An error larger than this share of the slopes calls for a better scheme, or for more steps.
COARSE = 1e-3
# The name of the scheme that extrapolates, by which it can be told without importing it.
EXTRAPOLATION = "Ridders extrapolation"
# How many steps an extrapolation (`Ridders`) begins with, by the bits of the mantissa.
FIRST_LEVELS = {53: 9, 24: 5}

# Forward as one input is displaced: probe(delta) is the output at x + delta. One call is one evaluation of forward.
Probe = Callable[[Array], Array]


class Slope(NamedTuple):
    """∂a/∂direction for every output a: its `value`, a bound on its `error`, and the outputs that have `kinks`.

    An output has a kink where it has no derivative, as far as the scheme can see: its slopes on both sides differ.
    """

    value: Array
    error: Array
    kinks: Array


class Scheme(Protocol):
    """A way to measure slopes. `name` is what reports call it, `cost` is its forward evaluations for one slope."""

    @property
    def name(self) -> str: ...  # noqa: D102 - said in the class
    @property
    def cost(self) -> int: ...  # noqa: D102

    def __call__(self, direction: Array) -> Slope:
        """The slope along `direction`, an array of the shape of the input that is displaced."""


def is_linear(scheme: Scheme, direction: Array, roundoff: float) -> bool:
    """Whether half of `direction` has half its slope, but for rounding. Costs two slopes.

    `roundoff` bounds the rounding error of a sum, relative to its terms.
    """
    whole, half = scheme(direction), scheme(direction / 2)
    with np.errstate(all="ignore"):
        # An output whose terms happen to cancel is rounded as much as the others: its terms are as large as theirs.
        size = max(float(np.abs(whole.value).max(initial=0)), 2 * float(np.abs(half.value).max(initial=0)))
        allowed = whole.error + 2 * half.error + 2 * roundoff * size
        return np.isfinite(size) and bool((np.abs(whole.value - 2 * half.value) <= allowed).all())

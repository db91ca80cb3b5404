"""The complex step: ∂a/∂v = Im f(x + i·h·v) / h, with no subtraction and so with no step to choose.

Squire and Trapp (1998). It holds only where the code carries complex numbers through, analytically: |x|, comparisons,
np.var and casts to real do not. `complex_step` therefore tries it along one direction against extrapolated real
differences, and gives None where the two do not agree.
"""

from typing import NamedTuple

import numpy as np

from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.source import NotWritten
from convcheck.layers.layer import Array
from convcheck.numeric.ridders import Ridders
from convcheck.numeric.slope import Along, Scheme, Slope

# Small enough that h² is nothing beside x², large enough that products of a few tangents do not underflow.
STEPS = {53: 2.0**-100, 24: 2.0**-40}
# Not a power of two, so that a second evaluation rounds differently and shows how much rounding there is.
OTHER = 0.7
MARGIN = 64
COMPLEX_STEP = "complex step"


class ComplexStep(NamedTuple):
    """One evaluation a slope. `noise` is the rounding error measured when the step was tried."""

    along: Along
    step: float
    noise: float
    epsilon: float
    name: str = COMPLEX_STEP
    cost: int = 1

    def __call__(self, direction: Array) -> Slope:
        """Im f(x + i·h·v) / h."""
        value = imaginary(self.along, direction, self.step)
        error = self.noise + MARGIN * self.epsilon * np.abs(value)
        return Slope(value, error, ~np.isfinite(value))


def imaginary(along: Along, direction: Array, step: float) -> Array:
    """Im f(x + i·h·v) / h; zeros where the code dropped the imaginary part."""
    with np.errstate(all="ignore"):
        return np.asarray(along(direction * (1j * step)).imag / step)


def step_for(epsilon: float) -> float:
    """The step for arithmetic of this epsilon."""
    return STEPS[53 if epsilon < 1e-10 else 24]


def complex_step(ridders: Ridders, direction: Array) -> Scheme | None:
    """A `ComplexStep` for the function that `ridders` differentiates, if the code under test carries it; else None."""
    step = step_for(ridders.epsilon)
    try:
        first = imaginary(ridders.along, direction, step)
        second = imaginary(ridders.along, direction, step * OTHER)
    except (Raised, NotWritten):
        return None
    if first.shape != ridders.base.shape or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return None
    real, cancelled = ridders.survey(direction)
    rounding = np.abs(first - second).max(initial=0) + ridders.epsilon * np.abs(first).max(initial=0)
    # What forward loses by cancelling, it loses of the point at which it is differentiated as well.
    noise = float(MARGIN * (rounding + cancelled / ridders.scale))
    if real.kinks.any():  # at a kink the imaginary part takes one side, and does not say so
        return None
    allowed = 2 * real.error + noise
    if not (np.abs(first - real.value) <= allowed)[np.isfinite(real.error)].all():
        return None
    # Real differences that would have agreed with a zero, or with anything, have tried nothing.
    if not (allowed <= np.maximum(np.abs(first), np.abs(real.value)) / 2).any():
        return None
    return ComplexStep(ridders.along, step, noise, ridders.epsilon)

"""The complex step: ∂a/∂v = Im f(x + i·h·v) / h, with no subtraction and so with no step to choose.

Squire and Trapp (1998). It holds only where the code carries complex numbers through, analytically: |x|, comparisons,
np.var and casts to real do not. `complex_step` therefore tries it along one direction against extrapolated real
differences, and gives None where the two do not agree.
"""

import warnings
from typing import NamedTuple

import numpy as np

from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.ridders import Ridders
from convcheck.numeric.slope import Probe, Scheme, Slope

# By the bits of the mantissa: so small that h² vanishes beside x², so large that products of a few derivatives do not
# underflow.
STEPS = {53: 2.0**-100, 24: 2.0**-40}
# A second step, this many times the first. Not a power of two, so that it rounds differently and shows how much
# rounding there is.
SECOND_STEP = 0.7
# How many times the rounding that two evaluations show is allowed for.
MARGIN = 64
# How many times it of most outputs, where many are summed and what is off is looked at again.
TYPICAL = 4
COMPLEX_STEP = "complex step"


class ComplexStep(NamedTuple):
    """One evaluation a slope. `noise` is the rounding error of each output, measured when the step was tried."""

    probe: Probe
    step: float
    noise: Array
    epsilon: float
    name: str = COMPLEX_STEP
    cost: int = 1

    def __call__(self, direction: Array) -> Slope:
        """Im f(x + i·h·v) / h."""
        value = imaginary_slope(self.probe, direction, self.step)
        error = self.noise + MARGIN * self.epsilon * np.abs(value)
        return Slope(value, error, ~np.isfinite(value))

    def typical_error(self, value: Array) -> Array:
        """How far slopes are off that round as most of them do; one may have been measured too high."""
        return np.asarray((np.median(self.noise) / MARGIN + self.epsilon * np.abs(value)) * TYPICAL)


def imaginary_slope(probe: Probe, direction: Array, step: float) -> Array:
    """Im f(x + i·h·v) / h; zeros where the code dropped the imaginary part."""
    with np.errstate(all="ignore"):
        return np.asarray(probe(direction * (1j * step)).imag / step)


def step_for(epsilon: float) -> float:
    """The step for arithmetic of this epsilon."""
    return STEPS[53 if epsilon < 1e-10 else 24]


def complex_step(ridders: Ridders, direction: Array) -> Scheme | None:
    """A `ComplexStep` for the function that `ridders` differentiates, if the code under test carries it; else None."""
    step = step_for(ridders.epsilon)
    try:
        with warnings.catch_warnings():
            # What is cast to a real number is lost; an output to which that is little would not show it.
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            first = imaginary_slope(ridders.probe, direction, step)
            second = imaginary_slope(ridders.probe, direction, step * SECOND_STEP)
    except (Raised, NotWritten):
        return None
    if first.shape != ridders.base.shape or not (np.isfinite(first).all() and np.isfinite(second).all()):
        return None
    real, cancelled = ridders.slope_and_noise(direction)
    rounding = np.abs(first - second).max(initial=0) + ridders.epsilon * np.abs(first).max(initial=0)
    # Digits that cancel inside forward are lost of x as well, and so of the point at which it is differentiated.
    noise = MARGIN * (rounding + cancelled / ridders.scale)
    if real.kinks.any():  # at a kink the imaginary part is the slope of one side, and nothing shows that it is
        return None
    allowed = 2 * real.error + noise
    if not (np.abs(first - real.value) <= allowed)[np.isfinite(real.error)].all():
        return None
    # Real differences so uncertain that they would agree with a zero as well have confirmed nothing.
    if not (allowed <= np.maximum(np.abs(first), np.abs(real.value)) / 2).any():
        return None
    return ComplexStep(ridders.probe, step, noise, ridders.epsilon)

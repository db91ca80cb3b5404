"""First differences, exact where the layer is linear (one-sided) or piecewise linear (two-sided) on dyadic data.

    linear:            ∂a/∂v = (f(x + h·v) - f(x)) / h          for every h
    piecewise linear:  the same from both sides; where they differ there is a kink

h is a power of two, so dividing by it rounds nothing.
"""

from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.slope import Probe, Slope


class OneSided(NamedTuple):
    """One evaluation a slope: the difference over `step`. `base` is f(x).

    `noise` bounds the rounding error of each output of forward, `roundoff` that of a sum relative to its terms.
    """

    probe: Probe
    base: Array
    step: float
    noise: Array
    roundoff: float
    name: str = "one-sided difference"
    cost: int = 1

    def __call__(self, direction: Array) -> Slope:
        """(f(x + h·v) - f(x)) / h."""
        value = self.probe(direction * self.step) - self.base
        value /= self.step
        return Slope(value, self.error_of(value), np.zeros(value.shape, dtype=bool))

    def error_of(self, value: Array) -> Array:
        """A bound on the error of such a slope."""
        error = np.abs(value)
        error *= self.roundoff
        error += 2 / self.step * self.noise
        return error


class TwoSided(NamedTuple):
    """Two evaluations a slope: the differences over `step` to the right and to the left. Fields as of `OneSided`."""

    probe: Probe
    base: Array
    step: float
    noise: Array
    roundoff: float
    name: str = "two-sided difference"
    cost: int = 2

    def __call__(self, direction: Array) -> Slope:
        """The mean of both sides; a kink where they differ by more than rounding."""
        right = (self.probe(direction * self.step) - self.base) / self.step
        left = (self.base - self.probe(direction * -self.step)) / self.step
        value = right / 2 + left / 2
        error = self.error_of(value)
        return Slope(value, error, ~(np.abs(right - left) <= 2 * error))

    def error_of(self, value: Array) -> Array:
        """A bound on the error of such a slope."""
        return np.asarray(2 * self.noise / self.step + self.roundoff * np.abs(value))

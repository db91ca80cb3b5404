"""Central differences extrapolated to h = 0, with an error estimate of their own.

Ridders, C. J. F. (1982), Accurate computation of F'(x) and F'(x)F''(x): the tableau
    T[j,0] = (f(x + hⱼv) - f(x - hⱼv)) / 2hⱼ,    T[j,k] = T[j,k-1] + (T[j,k-1] - T[j-1,k-1]) / (r²ᵏ - 1),    hⱼ = h₀/rʲ
over a fixed ladder of steps; for each output the entry of the tableau with the smallest estimate is taken. The ladder
is long and coarse because outputs of one forward pass can curve on quite different scales.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.slope import Along, Slope

RATIO = 4
LEVELS = {53: 9, 24: 5}
FIRST = 0.25


@dataclass(frozen=True)
class Ridders:
    """Two evaluations a level. `scale` is a typical size of the input; `noise` as for one-sided differences."""

    along: Along
    base: Array
    scale: float
    noise: Array
    epsilon: float
    name: str = "Ridders extrapolation"

    @property
    def levels(self) -> int:
        """How many steps the ladder has."""
        return LEVELS[53 if self.epsilon < 1e-10 else 24]

    @property
    def cost(self) -> int:
        """Forward evaluations a slope."""
        return 2 * self.levels

    def __call__(self, direction: Array) -> Slope:
        """The best entry of the tableau, output by output."""
        best = np.zeros(self.base.shape)
        error = np.full(self.base.shape, np.inf)
        previous: list[Array] = []
        bends: list[Array] = []
        for level in range(self.levels):
            h = self.scale * FIRST / RATIO**level
            right, left = self.along(direction * h), self.along(direction * -h)
            with np.errstate(all="ignore"):
                row = [(right - left) / (2 * h)]
                noise = 2 * self.noise / h + 4 * self.epsilon * np.abs(row[0])
                bends.append(np.abs(right - 2 * self.base + left) / h)
                for k, above in enumerate(previous, start=1):
                    factor = float(RATIO) ** (2 * k)
                    row.append(row[-1] + (row[-1] - above) / (factor - 1))
                    estimate = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - above)) + noise
                    better = estimate < error
                    best = np.where(better, row[-1], best)
                    error = np.where(better, estimate, error)
            last, previous = previous, row
        with np.errstate(all="ignore"):
            kinks = self._kinked(bends, noise) | self._unsettled(best, error, last, row, noise)
        return Slope(best, error, kinks)

    @staticmethod
    def _kinked(bends: list[Array], noise: Array) -> Array:
        """|f(x+h) - 2f(x) + f(x-h)| / h shrinks with h where f is smooth, and stays as it is at a kink."""
        return np.asarray((bends[-1] > bends[-2] / 2) & (bends[-1] > 4 * noise))

    @staticmethod
    def _unsettled(best: Array, error: Array, last: list[Array], row: list[Array], noise: Array) -> Array:
        """The finest plain difference must be near the value taken, or the ladder has stepped over something."""
        trust = np.abs(row[0] - last[0]) + error + noise
        return np.asarray(~(np.abs(best - row[0]) <= 4 * trust))

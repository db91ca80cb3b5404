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
# Below this an input's size says nothing about the distance over which forward curves.
SMALLEST_SCALE = 2.0**-10


@dataclass(frozen=True)
class Ridders:
    """Two evaluations a level. `size` is the largest magnitude in the input; `noise` as for one-sided differences."""

    along: Along
    base: Array
    size: float
    noise: Array
    epsilon: float
    name: str = "Ridders extrapolation"

    @property
    def levels(self) -> int:
        """How many steps the ladder has."""
        return LEVELS[53 if self.epsilon < 1e-10 else 24]

    @property
    def scale(self) -> float:
        """The distance over which forward is taken to curve, where nothing is known of it."""
        return max(self.size, SMALLEST_SCALE)

    @property
    def cost(self) -> int:
        """Forward evaluations a slope."""
        return 2 * self.levels

    def __call__(self, direction: Array) -> Slope:
        """The best entry of the tableau, output by output."""
        return self.survey(direction)[0]

    def survey(self, direction: Array) -> tuple[Slope, float]:
        """The slope, and how much of forward's output is noise: what it loses by cancelling where no one can see it."""
        steps = [self.scale * FIRST / RATIO**level for level in range(self.levels)]
        sides = [(self.along(direction * h), self.along(direction * -h)) for h in steps]
        with np.errstate(all="ignore"):
            plain = [(right - left) / (2 * h) for h, (right, left) in zip(steps, sides, strict=True)]
            bends = [np.abs(right - 2 * self.base + left) / h for h, (right, left) in zip(steps, sides, strict=True)]
            table = _extrapolated(plain)
            outer = [np.maximum(np.abs(right), np.abs(left)) for right, left in sides]
            measured = _disagreement(table, steps)
            noise = self._noise(table, measured, outer, steps)
            best, error = _best(table, bends, noise)
            kinked = _kinked(bends, noise, -1)
            # The finest plain difference must be near the value taken, or the ladder has stepped over something.
            trust = np.abs(plain[-1] - plain[-2]) + error + noise[-1]
            unsettled = ~(np.abs(best - plain[-1]) <= 4 * trust)
        return Slope(best, error, kinked | unsettled), float(measured.max(initial=0))

    def _noise(self, table: list[list[Array]], measured: Array, outer: list[Array], steps: list[float]) -> list[Array]:
        """A bound on the rounding error of the plain difference at each step.

        Three sources: forward's output, at x as given and at x ± h as large as it is there (`outer`); x + h itself,
        rounded to a number near x; and what cancels inside forward (`measured`).
        """
        moved = 4 * self.epsilon * np.abs(table[-1][0])
        known = np.maximum(self.noise, 2 * measured)
        return [
            2 * np.maximum(known, 4 * self.epsilon * value) / h + moved * (1 + self.size / h)
            for value, h in zip(outer, steps, strict=True)
        ]


def _disagreement(table: list[list[Array]], steps: list[float]) -> Array:
    """How much the finest steps disagree once extrapolated, as noise in one evaluation of forward."""
    within = [np.abs(table[j][1] - table[j - 1][1]) * steps[j] for j in (-1, -2)]
    return np.maximum(*(np.where(np.isfinite(w), w, 0) for w in within))


def _kinked(bends: list[Array], noise: list[Array], level: int) -> Array:
    """|f(x+h) - 2f(x) + f(x-h)| / h shrinks as fast as h where f is smooth, and hardly at all across a kink."""
    return np.asarray((bends[level] > bends[level - 1] / 2) & (bends[level] > 4 * noise[level]))


def _extrapolated(plain: list[Array]) -> list[list[Array]]:
    """The tableau, row by row: row j has the plain difference at step j and its j extrapolations."""
    table: list[list[Array]] = []
    for value in plain:
        row = [value]
        for k, above in enumerate(table[-1] if table else (), start=1):
            row.append(row[-1] + (row[-1] - above) / (float(RATIO) ** (2 * k) - 1))
        table.append(row)
    return table


def _best(table: list[list[Array]], bends: list[Array], noise: list[Array]) -> tuple[Array, Array]:
    """For each output, the extrapolation that differs least from the two it was made from, and that difference.

    A level whose step reaches across a kink does not count, however well its differences agree.
    """
    best = np.zeros(table[0][0].shape)
    error = np.full(best.shape, np.inf)
    for level in range(1, len(table)):
        clear = ~_kinked(bends, noise, level)
        for k in range(1, level + 1):
            value, coarser, above = table[level][k], table[level][k - 1], table[level - 1][k - 1]
            estimate = np.maximum(np.abs(value - coarser), np.abs(value - above)) + noise[level]
            better = clear & (estimate < error)
            best = np.where(better, value, best)
            error = np.where(better, estimate, error)
    return best, error

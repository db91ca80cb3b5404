"""Central differences extrapolated to h = 0, with an error estimate of their own.

Ridders, C. J. F. (1982), Accurate computation of F'(x) and F'(x)F''(x): the tableau
    T[j,0] = (f(x + hⱼv) - f(x - hⱼv)) / 2hⱼ,    T[j,k] = T[j,k-1] + (T[j,k-1] - T[j-1,k-1]) / (r²ᵏ - 1),    hⱼ = h₀/rʲ
over a ladder of steps; for each output the entry of the tableau with the smallest estimate is taken. The ladder is
long and coarse because outputs of one forward pass can curve on quite different scales. Where finer steps contradict
what coarser ones agreed upon, something lies between them (a kink, a saturated stretch, an oscillation), and the ladder
goes on, until x + h can no longer be told from x: what is then not settled has no derivative that differences can see.
"""

from itertools import pairwise
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.slope import COARSE, LEVELS, Along, Slope

RATIO = 4
FIRST = 0.25
# Levels added at a time where the ladder is COARSE, down to steps in which x + h is no better than a few digits.
MORE = 3
MOST_LEVELS = 40
FINEST = 2.0**13
# Noise this many times what rounding explains may be a detail, of which finer steps would say more.
DETAIL = 64
# Plain differences over this many steps in a row that agree with each other, and not with the value, contradict it;
# four numbers that are nothing but noise come as near to each other as this, compared with that, once in 10⁷ times.
IN_A_ROW = 4
AGREED = 2.0**-8
# Not a power of RATIO, so that a second ladder rounds differently.
OTHER = 0.7
# Below this an input's size says nothing about the distance over which forward curves.
SMALLEST_SCALE = 2.0**-10


class Ridders(NamedTuple):
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
        slope, measured, _, _ = self._climbed(direction)
        return slope, measured

    def doubts(self, direction: Array) -> tuple[Array, Array]:
        """What a second ladder, of other steps, says of the slope; and where several coarse steps agree on another.

        Both are asked before code is blamed. What rounds its argument away is a stair: fine steps see no slope at all
        where coarse ones see that of the function that was meant.
        """
        slope, _, steps, sides = self._replace(size=self.scale * OTHER)._climbed(direction)
        stairs = np.zeros(slope.value.shape, dtype=bool)
        with np.errstate(all="ignore"):
            plain = _plain(steps[: self.levels], sides[: self.levels])
            for last in range(IN_A_ROW, len(plain) + 1):
                row = plain[last - IN_A_ROW : last]
                size = np.abs(row[-1])
                agreed = np.max(row, axis=0) - np.min(row, axis=0) <= COARSE * size
                stairs |= agreed & (np.abs(row[-1] - slope.value) > 2 * COARSE * size)
        return slope.value, stairs

    def _climbed(self, direction: Array) -> tuple[Slope, float, list[float], list[tuple[Array, Array]]]:
        """The slope and the noise, as `survey` gives them; each step that was taken, and forward on both its sides."""
        steps: list[float] = []
        sides: list[tuple[Array, Array]] = []
        count = self.levels
        while True:
            self._climb(direction, count, steps, sides)
            slope, taken, measured, settled = self._settled(steps, sides)
            finer = self._ladder(count, count + MORE)
            if settled or not finer:
                break
            count += len(finer)
        if (measured > DETAIL * self.noise).any():
            self._climb(direction, MOST_LEVELS, steps, sides)
        denied = self._denied(slope, taken, steps, sides)
        slope = slope._replace(kinks=slope.kinks | denied)
        return slope, float(measured.max(initial=0)), steps, sides

    def _climb(self, direction: Array, count: int, steps: list[float], sides: list[tuple[Array, Array]]) -> None:
        """Go on with the ladder up to `count` steps."""
        for h in self._ladder(len(steps), count):
            steps.append(h)
            sides.append((self.along(direction * h), self.along(direction * -h)))

    def _ladder(self, start: int, stop: int) -> list[float]:
        """Steps start, start + 1, … before stop; beyond the first `levels` only those that are not too fine."""
        steps = [(level, self.scale * FIRST / RATIO**level) for level in range(start, min(stop, MOST_LEVELS))]
        return [h for level, h in steps if level < self.levels or h >= FINEST * self.epsilon * self.size]

    def _denied(self, slope: Slope, taken: Array, steps: list[float], sides: list[tuple[Array, Array]]) -> Array:
        """Where differences over finer steps than those of the level `taken` agree on another value than the slope's.

        What was noise to the coarser steps is a detail then, or what is smooth to the finer ones is a stair: who knows.
        """
        denied = np.zeros(taken.shape, dtype=bool)
        with np.errstate(all="ignore"):
            plain = _plain(steps, sides)
            for last in range(IN_A_ROW, len(plain)):
                row = plain[last - IN_A_ROW + 1 : last + 1]
                spread = np.max(row, axis=0) - np.min(row, axis=0)
                size = np.maximum(np.abs(row[-1]), np.abs(slope.value))
                outer = np.maximum(np.abs(sides[last][0]), np.abs(sides[last][1]))
                allowed = slope.error + 2 * spread + self._rounding(self.noise, row[-1], outer, steps[last])
                off = np.abs(row[-1] - slope.value)
                agreed = (spread <= np.maximum(COARSE * size, AGREED * off)) & (row[-1] != 0)
                denied |= agreed & (last > taken) & (off > allowed)
        return denied

    def _settled(self, steps: list[float], sides: list[tuple[Array, Array]]) -> tuple[Slope, Array, Array, bool]:
        """What these steps say, at which level, the noise in forward's output, and whether finer steps could hardly
        say more."""
        with np.errstate(all="ignore"):
            plain = _plain(steps, sides)
            bends = [np.abs(right - 2 * self.base + left) / h for h, (right, left) in zip(steps, sides, strict=True)]
            table = _extrapolated(plain)
            outer = [np.maximum(np.abs(right), np.abs(left)) for right, left in sides]
            sizes = [float(values.max(initial=0)) for values in (outer[0], outer[-1])]
            most = sqrt(self.epsilon) * max(size for size in (*sizes, 0.0) if isfinite(size))
            measured = _measured(table, steps, most)
            noise = self._noise(table, measured, outer, steps)
            best, error, taken = _best(table, bends, noise)
            kinked = _kinked(bends, noise, -1) | ~np.isfinite(error)
            # Of slopes that are all zero nothing finer is to be learnt.
            largest = max(float(np.abs(slopes).max(initial=0)) for slopes in (best, plain[-1]))
            rough = (error > COARSE * largest) & (largest > 0)
        settled = not (kinked | rough | (measured > most)).any()
        return Slope(best, error, kinked), taken, measured, settled

    def _noise(self, table: list[list[Array]], measured: Array, outer: list[Array], steps: list[float]) -> list[Array]:
        """A bound on the rounding error of the plain difference at each step.

        Three sources: forward's output, at x as given and at x ± h as large as it is there (`outer`); x + h itself,
        rounded to a number near x; and what cancels inside forward (`measured`).
        """
        known = np.maximum(self.noise, 2 * measured)
        return [self._rounding(known, table[-1][0], value, h) for value, h in zip(outer, steps, strict=True)]

    def _rounding(self, known: Array, slope: Array, outer: Array, h: float) -> Array:
        moved = 4 * self.epsilon * np.abs(slope)
        return np.asarray(2 * np.maximum(known, 4 * self.epsilon * outer) / h + moved * (1 + self.size / h))


def _plain(steps: list[float], sides: list[tuple[Array, Array]]) -> list[Array]:
    """The difference over each step."""
    return [(right - left) / (2 * h) for h, (right, left) in zip(steps, sides, strict=True)]


def _measured(table: list[list[Array]], steps: list[float], most: float) -> Array:
    """How much the steps disagree once extrapolated, as noise in one evaluation of forward.

    Disagreements shrink with the step until noise is all they are: from the first that does not, the largest counts,
    since the finest may see none (where forward rounds x + h and x - h to the same). More than `most` is no noise but
    detail, of which the coarser steps say nothing: then the finest two count.
    """
    found = [np.abs(table[j][1] - table[j - 1][1]) * steps[j] for j in range(2, len(table))]
    found = [np.where(np.isfinite(f), f, 0) for f in found]
    largest, stopped = found[0], np.zeros(found[0].shape, dtype=bool)
    for coarser, finer in pairwise(found):
        stopped |= finer >= coarser
        largest = np.where(stopped, np.maximum(largest, finer), finer)
    finest = np.maximum(found[-1], found[-2])
    return np.asarray(np.maximum(finest, np.where(largest <= most, largest, 0)))


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


def _best(table: list[list[Array]], bends: list[Array], noise: list[Array]) -> tuple[Array, Array, Array]:
    """For each output, the extrapolation that differs least from the two it was made from, that difference, the level.

    A level whose step reaches across a kink does not count, however well its differences agree; nor does one that a
    finer level contradicts, whose plain difference is further from the value taken than that level's own.
    """
    best = np.zeros(table[0][0].shape)
    error = np.full(best.shape, np.inf)
    distance = np.zeros(best.shape)
    taken = np.zeros(best.shape, dtype=int)
    for level in range(1, len(table)):
        contradicted = ~(np.abs(table[level][0] - best) <= distance + 4 * error + noise[level])
        error = np.where(contradicted, np.inf, error)
        clear = ~_kinked(bends, noise, level)
        for k in range(1, level + 1):
            value, coarser, above = table[level][k], table[level][k - 1], table[level - 1][k - 1]
            estimate = np.maximum(np.abs(value - coarser), np.abs(value - above)) + noise[level]
            better = clear & (estimate < error)
            best = np.where(better, value, best)
            error = np.where(better, estimate, error)
            distance = np.where(better, np.abs(table[level][0] - value), distance)
            taken = np.where(better, level, taken)
    return best, error, taken

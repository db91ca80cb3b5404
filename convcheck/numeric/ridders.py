"""Central differences extrapolated to h = 0, with an error estimate of their own.

Ridders, C. J. F. (1982), Accurate computation of F'(x) and F'(x)F''(x): the tableau
    T[j,0] = (f(x + hⱼv) - f(x - hⱼv)) / 2hⱼ,    T[j,k] = T[j,k-1] + (T[j,k-1] - T[j-1,k-1]) / (r²ᵏ - 1),    hⱼ = h₀/rʲ
over a ladder of steps; for each output the entry of the tableau with the smallest estimate is taken. The ladder is
long and coarse because outputs of one forward pass can curve on quite different scales. Where finer steps contradict
what coarser ones agreed upon, something lies between them (a kink, a saturated stretch, an oscillation), and finer
steps are added, down to those at which x + h is hardly distinct from x. An output that is still not settled then has no
derivative that differences can see.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.data import scale_of
from convcheck.numeric.slope import COARSE, EXTRAPOLATION, FIRST_LEVELS, Probe, Slope

RATIO = 4
FIRST = 0.25
# Levels that are added at a time where the error is still above COARSE; and the most levels there may be.
MORE = 3
# They are added as well where the error is above this share of the slopes, and this many times what rounding leaves at
# the finest step: finer ones round 64 times more, and so still gain.
FINE = 1e-7
GAIN = 256
MOST_LEVELS = 40
# A step finer than this many epsilons of the input leaves x + h too few digits.
FINEST = 2.0**13
# Noise of more than this many times what rounding explains may be a detail of forward, which finer steps would show.
DETAIL = 64
# Plain differences over this many steps in a row that agree with each other, and not with the value, contradict it.
# Four numbers that are noise alone agree that closely once in 10⁷ times.
IN_A_ROW = 4
AGREED = 2.0**-8
# A stair that rounds to float32 has treads of some 2^-23 of the size; over steps from here on it is no flat place.
TREAD = 2.0**-17
# The steps of a second ladder are this many times those of the first. Not a power of RATIO, or it would round alike.
SECOND_LADDER = 0.7
# The noise of an output is a bound: one that stays the same to the last bit changed by less than this share of it.
UNCHANGED = 0.25
# An entry that is smaller than this share of the largest is looked at over steps of its own size as well.
FAR_SMALLER = 2.0**-4
# Below this an input's size says nothing about the distance over which forward curves.
SMALLEST_SCALE = 2.0**-10


class _Ladder(NamedTuple):
    """The steps that were taken, from coarse to fine, and forward's output at x + h·v and at x - h·v for each; and the
    `size` of the largest entry that is moved, in units of v.
    """

    steps: list[float]
    sides: list[tuple[Array, Array]]
    size: float


class Sums(NamedTuple):
    """The slope of each output along a direction, the tableau of sums of outputs over the same `steps`, and which
    outputs `moved` at all.
    """

    slope: Slope
    table: list[list[Array]]
    steps: list[float]
    moved: Array


class _Estimate(NamedTuple):
    """What a ladder says: the slope, the `level` of the tableau that each output is taken from, the `noise` in forward.

    `settled` is whether finer steps could hardly say more, `detailed` whether some of the noise may be a detail.
    """

    slope: Slope
    level: Array
    noise: Array
    settled: bool
    detailed: bool


class Ridders(NamedTuple):
    """Two evaluations a level. `x` is the input; `noise` as for one-sided differences; `first` is the coarsest step, in
    units of `scale`.
    """

    probe: Probe
    base: Array
    x: Array
    noise: Array
    epsilon: float
    first: float = FIRST
    name: str = EXTRAPOLATION

    @property
    def levels(self) -> int:
        """How many steps the ladder begins with."""
        return FIRST_LEVELS[53 if self.epsilon < 1e-10 else 24]

    @property
    def scale(self) -> float:
        """The distance over which forward is taken to curve, where nothing is known of it."""
        return max(scale_of(self.x), SMALLEST_SCALE)

    @property
    def longest(self) -> float:
        """The first step."""
        return self.scale * self.first

    @property
    def finest(self) -> float:
        """The last of the steps with which the ladder begins."""
        return self.longest / float(RATIO) ** (self.levels - 1)

    @property
    def cost(self) -> int:
        """Forward evaluations a slope, where the ladder with which it begins is enough."""
        return 2 * self.levels

    def __call__(self, direction: Array) -> Slope:
        """The best entry of the tableau, output by output."""
        return self.slope_and_noise(direction)[0]

    def slope_and_noise(self, direction: Array) -> tuple[Slope, Array]:
        """The slope, and how much of each output is noise: what forward loses by cancelling inside, unseen."""
        estimate, _ = self._measured(direction)
        return estimate.slope, estimate.noise

    def sums(self, direction: Array, total: Callable[[Array], Array]) -> Sums:
        """The slope, and the tableau of `total` of the outputs, which sums many of them each.

        Many outputs round each in its own way, of which less is left in their sum than the bounds add up to.
        """
        estimate, ladder = self._measured(direction)
        moved = np.logical_or.reduce([(a != self.base) | (b != self.base) for a, b in ladder.sides])
        with np.errstate(all="ignore"):
            table = list(_extrapolated([total(plain) for plain in _plain(ladder)], ladder.steps))
        return Sums(estimate.slope, table, ladder.steps, moved)

    def second_opinion(self, direction: Array) -> tuple[Array, Array]:
        """The slope by a second ladder, and the outputs at which several coarse steps agree on another slope.

        Both are asked before code is called wrong. A function that rounds its argument is a stair: fine steps see a
        slope of zero, where coarse ones see the slope of the function that was meant.
        """
        estimate, ladder = self._replace(first=self.first * SECOND_LADDER)._measured(direction)
        stairs = np.zeros(estimate.slope.value.shape, dtype=bool)
        with np.errstate(all="ignore"):
            plain = _plain(ladder._replace(steps=ladder.steps[: self.levels], sides=ladder.sides[: self.levels]))
            for last in range(IN_A_ROW, len(plain) + 1):
                row = plain[last - IN_A_ROW : last]
                size = np.abs(row[-1])
                agreed = np.max(row, axis=0) - np.min(row, axis=0) <= COARSE * size
                stairs |= agreed & (np.abs(row[-1] - estimate.slope.value) > 2 * COARSE * size)
        return estimate.slope.value, stairs

    def _measured(self, direction: Array) -> tuple[_Estimate, _Ladder]:
        """The estimate, and the ladder of steps behind it.

        Where that is not clear, and entries are moved that are far smaller than the largest, another ladder begins at
        their size: longer steps would lead past where forward curves, or out of its domain.
        """
        estimate, ladder = self._over_ladder(direction)
        own = ladder.size / self.scale
        if 0 < own < FAR_SMALLER and (estimate.slope.kinks.any() or not estimate.settled):
            closer = self._replace(first=self.first * own)._over_ladder(direction)
            if closer[0].settled and not closer[0].slope.kinks.any():
                return closer
        return estimate, ladder

    def _over_ladder(self, direction: Array) -> tuple[_Estimate, _Ladder]:
        """The estimate by a ladder that goes on until it is settled, or cannot go on; and that ladder."""
        ladder = _Ladder([], [], self._size_along(direction))
        count = self.levels
        while True:
            self._extend(ladder, count, direction)
            estimate = self._estimate(ladder)
            finer = self._steps(count, count + MORE, ladder.size)
            if estimate.settled or not finer:
                break
            count += len(finer)
        if estimate.detailed:
            self._extend(ladder, MOST_LEVELS, direction)
        slope = self._sharpened(estimate.slope, ladder)
        kinks = slope.kinks | self._contradicted(slope, estimate.level, ladder)
        return estimate._replace(slope=slope._replace(kinks=kinks)), ladder

    def _sharpened(self, slope: Slope, ladder: _Ladder) -> Slope:
        """`slope`, in which outputs that no step changed by a bit are known to a fraction of their noise."""
        unchanged = np.logical_and.reduce([(a == self.base) & (b == self.base) for a, b in ladder.sides])
        error = np.where(unchanged, np.minimum(slope.error, UNCHANGED * self.noise / ladder.steps[0]), slope.error)
        return slope._replace(error=error)

    def _extend(self, ladder: _Ladder, count: int, direction: Array) -> None:
        """Go on with the ladder up to `count` steps."""
        for h in self._steps(len(ladder.steps), count, ladder.size):
            ladder.steps.append(h)
            ladder.sides.append((self.probe(direction * h), self.probe(direction * -h)))

    def _steps(self, start: int, stop: int, size: float) -> list[float]:
        """Steps start, start + 1, … before stop; beyond the first `levels` only those that are not too fine."""
        steps = [(level, self.longest / RATIO**level) for level in range(start, min(stop, MOST_LEVELS))]
        return [h for level, h in steps if level < self.levels or h >= FINEST * self.epsilon * size]

    def _size_along(self, direction: Array) -> float:
        """The largest entry that is moved, in units of its movement: x + h·v is rounded by epsilons of this over h."""
        magnitudes, moves = np.abs(self.x.astype(np.float64)), np.abs(direction)
        moved = (moves > 0) & np.isfinite(magnitudes)
        return float((magnitudes[moved] / moves[moved]).max(initial=0))

    def _contradicted(self, slope: Slope, level: Array, ladder: _Ladder) -> Array:
        """The outputs at which differences over finer steps than those of `level` agree on another value.

        Either what the coarser steps took for noise is a detail of forward, or what the finer ones see is a stair;
        which of them cannot be told.
        """
        contradicted = np.zeros(level.shape, dtype=bool)
        with np.errstate(all="ignore"):
            plain = _plain(ladder)
            for last in range(IN_A_ROW, len(plain)):
                row = plain[last - IN_A_ROW + 1 : last + 1]
                spread = np.max(row, axis=0) - np.min(row, axis=0)
                size = np.maximum(np.abs(row[-1]), np.abs(slope.value))
                outer = _outer(ladder.sides[last])
                allowed = (
                    slope.error
                    + 2 * spread
                    + self._rounding(self.noise, row[-1], outer, ladder.steps[last], ladder.size)
                )
                off = np.abs(row[-1] - slope.value)
                agreed = (spread <= np.maximum(COARSE * size, AGREED * off)) & (row[-1] != 0)
                contradicted |= agreed & (last > level) & (off > allowed)
        return contradicted

    def _estimate(self, ladder: _Ladder) -> _Estimate:
        with np.errstate(all="ignore"):
            plain = _plain(ladder)
            bends = [
                np.abs(right - 2 * self.base + left) / h
                for h, (right, left) in zip(ladder.steps, ladder.sides, strict=True)
            ]
            sizes = [float(_outer(sides).max(initial=0)) for sides in (ladder.sides[0], ladder.sides[-1])]
            most = sqrt(self.epsilon) * max(size for size in (*sizes, 0.0) if isfinite(size))
            apart = _apart([row[1] for row in _extrapolated(plain, ladder.steps, 1) if row[1:]], ladder.steps[1:])
            disagreement = np.minimum(_disagreement(apart, most), self._shown(plain, ladder))
            detailed = bool(((disagreement > DETAIL * self.noise) & ~_converging(apart)).any())
            noise = self._noise(plain[-1], disagreement, ladder)
            best, error, level = _best(_extrapolated(plain, ladder.steps), bends, noise)
            kinked = _kinked(bends, noise, -1) | ~np.isfinite(error)
            # Where all slopes are zero, finer steps would add nothing.
            largest = max(float(np.abs(slopes).max(initial=0)) for slopes in (best, plain[-1]))
            # Nor where rounding of the outputs is all that is left: over finer steps it is larger.
            least = self._rounding(self.noise, plain[-1], _outer(ladder.sides[-1]), ladder.steps[-1], ladder.size)
            rough = (error > COARSE * largest) & (error > RATIO * least)
            rough |= (error > FINE * largest) & (error > GAIN * noise[-1])
            rough &= largest > 0
        settled = not (kinked | rough | (disagreement > most)).any()
        return _Estimate(Slope(best, error, kinked), level, disagreement, settled, detailed)

    def _shown(self, plain: list[Array], ladder: _Ladder) -> Array:
        """How large the noise in one evaluation may be at most, as far as plain differences over steps in a row agree.

        Across kinks steps disagree by less than any noise would have them, and what is below the nearest kink agrees.
        Steps that are no longer than the treads of a stair are not asked: a part of forward may round to float32.
        """
        shown = np.full(plain[0].shape, np.inf)
        for last in range(IN_A_ROW - 1, len(plain)):
            first = last - IN_A_ROW + 1
            if ladder.steps[first] < TREAD * max(ladder.size, self.scale):
                break
            row = plain[first : last + 1]
            spread = np.max(row, axis=0) - np.min(row, axis=0)
            agreed = (spread <= AGREED * np.abs(row[-1])) & (row[-1] != 0)
            least = spread * ladder.steps[last] + self.noise
            shown = np.where(agreed, np.minimum(shown, DETAIL * least), shown)
        return shown

    def _noise(self, slope: Array, disagreement: Array, ladder: _Ladder) -> list[Array]:
        """A bound on the rounding error of the plain difference at each step; `slope` is that at the finest.

        Three sources: forward's output, at x as given and at x ± h as large as it is there; x + h itself, rounded to a
        number near x; and what cancels inside forward (`disagreement`).
        """
        known = np.maximum(self.noise, 2 * disagreement)
        at_each = zip(ladder.sides, ladder.steps, strict=True)
        return [self._rounding(known, slope, _outer(sides), h, ladder.size) for sides, h in at_each]

    def _rounding(self, known: Array, slope: Array, outer: Array, h: float, size: float) -> Array:
        displaced = 4 * self.epsilon * np.abs(slope)
        return np.asarray(2 * np.maximum(known, 4 * self.epsilon * outer) / h + displaced * (1 + size / h))


def _plain(ladder: _Ladder) -> list[Array]:
    """The central difference over each step."""
    return [(right - left) / (2 * h) for h, (right, left) in zip(ladder.steps, ladder.sides, strict=True)]


def _outer(sides: tuple[Array, Array]) -> Array:
    """How large the output is at x ± h."""
    return np.asarray(np.maximum(np.abs(sides[0]), np.abs(sides[1])))


def _apart(once: list[Array], steps: list[float]) -> list[Array]:
    """How far each step, once extrapolated, is from the one before, as a change of the output."""
    apart = [np.abs(finer - coarser) * h for (coarser, finer), h in zip(pairwise(once), steps[1:], strict=True)]
    return [np.where(np.isfinite(a), a, 0) for a in apart]


def _converging(apart: list[Array]) -> Array:
    """Which outputs disagree over the last steps no more than what curves does, and ever less: no noise shrinks so."""
    last = apart[-IN_A_ROW:]
    return np.asarray(np.logical_and.reduce([RATIO**2 * finer <= coarser for coarser, finer in pairwise(last)]))


def _disagreement(apart: list[Array], most: float) -> Array:
    """How much the steps disagree, once extrapolated each, as noise in one evaluation of forward.

    Disagreement shrinks with the step as long as it is more than noise. From the first step at which it does not
    shrink, the largest counts, and not that of the finest step: forward may round x + h and x - h alike there, and so
    show no noise. More than `most` is no noise but a detail of forward that the coarser steps do not resolve: then the
    two finest count.
    """
    largest, noisy = apart[0], np.zeros(apart[0].shape, dtype=bool)
    for coarser, finer in pairwise(apart):
        noisy |= finer >= coarser
        largest = np.where(noisy, np.maximum(largest, finer), finer)
    finest = np.maximum(apart[-1], apart[-2])
    return np.asarray(np.maximum(finest, np.where(largest <= most, largest, 0)))


def _kinked(bends: list[Array], noise: list[Array], level: int) -> Array:
    """|f(x+h) - 2f(x) + f(x-h)| / h shrinks as fast as h where f is smooth, and hardly at all across a kink."""
    return np.asarray((bends[level] > bends[level - 1] / 2) & (bends[level] > 4 * noise[level]))


def extrapolations(
    value: Array, above: Sequence[Array], steps: Sequence[float], most: int = MOST_LEVELS
) -> list[Array]:
    """The next row of a tableau: the `value` over the last of the `steps`, and its extrapolations, `most` at most.

    `above` is the row before.
    """
    row = [value]
    for k, coarser in enumerate(above[:most], start=1):
        row.append(row[-1] + (row[-1] - coarser) / ((steps[-1 - k] / steps[-1]) ** 2 - 1))
    return row


def _extrapolated(plain: list[Array], steps: list[float], most: int = MOST_LEVELS) -> Iterator[list[Array]]:
    """The tableau, row by row: row j has the plain difference at step j and its j extrapolations, or as many as `most`.

    All of it would be many times as large as the differences.
    """
    row: list[Array] = []
    for level, value in enumerate(plain, start=1):
        row = extrapolations(value, row, steps[:level], most)
        yield row


def _best(table: Iterable[list[Array]], bends: list[Array], noise: list[Array]) -> tuple[Array, Array, Array]:
    """For each output: the extrapolation that differs least from the two it was made from, that difference, its level.

    A level whose step reaches across a kink does not count, however well its differences agree; nor does one that a
    finer level contradicts, whose plain difference is further from the value taken than that level's own.
    """
    best = np.zeros(noise[0].shape)
    error = np.full(best.shape, np.inf)
    distance = np.zeros(best.shape)
    chosen = np.zeros(best.shape, dtype=int)
    for level, (row_above, row) in enumerate(pairwise(table), start=1):
        contradicted = ~(np.abs(row[0] - best) <= distance + 4 * error + noise[level])
        error = np.where(contradicted, np.inf, error)
        clear = ~_kinked(bends, noise, level)
        if not clear.any():
            continue
        for k in range(1, level + 1):
            value, coarser, above = row[k], row[k - 1], row_above[k - 1]
            estimate = np.maximum(np.abs(value - coarser), np.abs(value - above)) + noise[level]
            better = clear & (estimate < error)
            if not better.any():
                continue
            best = np.where(better, value, best)
            error = np.where(better, estimate, error)
            distance = np.where(better, np.abs(row[0] - value), distance)
            chosen = np.where(better, level, chosen)
    return best, error, chosen

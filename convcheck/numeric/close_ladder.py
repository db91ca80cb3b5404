"""The slope of sums of outputs, extrapolated over steps that are long and close to each other.

The ladder of ridders.py is coarse and reaches far down: outputs of one forward pass curve on quite different scales,
and any of them may have a kink. Sums of smooth ones need less of it. How they round is a matter of the shortest step
that is used; it is little where long steps cancel many powers of h, and the ladder ends where one more gains nothing.

What such steps would lead past shows in two ways:
1. The even part of f, (f(x + hv) + f(x - hv))/2, extrapolates to f(x) over the same steps. It does not across a kink at
   x, or where f(x) lies in a detail of its own. How far it is off counts as an error of the slope, and is another
   sample of rounding.
2. Over the finest step of the long ladder both parts are as the long steps foretell.
Where that fails, or more is off than rounding of the sums explains, there is no answer: the long ladder is to be asked.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.ridders import DETAIL, Ridders, extrapolations

# With steps closer than this more of them are needed, with others rounding grows faster than powers of h shrink: of
# 1.4 to 2, tried on softmax, norms, attention and their like, the ratio that tells most for its evaluations.
CLOSE_RATIO = 1.6
# Without so many, nothing shows whether they have settled.
FEWEST = 3
# An error of so many times the rounding of the sums is hardly to be made smaller.
NEAR = 8
# The least of many differences may be small by chance: an error may be so many times what it shows.
CHANCE = 8


class SummedSlope(NamedTuple):
    """The slope of each sum, a bound on its `error`, and the `step` at the end of the entry it was taken from."""

    value: Array
    error: Array
    step: Array


def taken(
    found: SummedSlope | None,
    row: Sequence[Array],
    above: Sequence[Array],
    even: Sequence[Array],
    step: float,
    once: Array,
) -> SummedSlope:
    """The entry of a tableau that differs least from the two it was made from, of those `found` and those of its next
    `row`, which ends at `step`; `even` is the row of the even part, `once` the rounding of one evaluation.
    """
    value, error, steps = found or SummedSlope(row[0], np.full(row[0].shape, np.inf), np.full(row[0].shape, step))
    for k in range(1, len(row)):
        apart = np.fmax(np.abs(row[k] - row[k - 1]), np.abs(row[k] - above[k - 1]))
        likely = CHANCE * np.maximum(apart, np.abs(even[k]) / step) + once / step
        better = likely < error
        value, steps = np.where(better, row[k], value), np.where(better, step, steps)
        error = np.where(better, likely, error)
    return SummedSlope(value, error, steps)


class CloseLadder:
    """Extrapolates sums of the outputs of what `ridders` differentiates, until a direction shows that it cannot."""

    def __init__(self, ridders: Ridders) -> None:
        self._ridders = ridders
        self._suits = True

    def slope(
        self, direction: Array, total: Callable[[Array], Array], rounding: Callable[[Array], Array]
    ) -> SummedSlope | None:
        """The slope of each `total` of the outputs along `direction`; None where the long ladder has to be asked.

        `rounding(moved)` bounds the rounding error of the sums in an evaluation that moves these outputs. Raises
        `Raised` or NotWritten where forward does.
        """
        if not self._suits:
            return None
        with np.errstate(all="ignore"):
            found = self._settled(direction, total, rounding)
        self._suits = found is not None
        return found

    def _settled(
        self, direction: Array, total: Callable[[Array], Array], rounding: Callable[[Array], Array]
    ) -> SummedSlope | None:
        steps, odd, even = list[float](), list[Array](), list[Array]()
        found, once = None, np.zeros(())
        while len(steps) < self._ridders.levels:
            h = self._ridders.longest / CLOSE_RATIO ** len(steps)
            steps.append(h)
            right, left = self._moves(direction, h)
            slope, bend = total(right - left) / (2 * h), total(right + left) / 2
            if not (np.isfinite(slope) & np.isfinite(bend)).all():
                return None
            above, odd, even = odd, extrapolations(slope, odd, steps), extrapolations(bend, even, steps)
            once = rounding((right != 0) | (left != 0)) if found is None else once
            before, found = found, taken(found, odd, above, even, h, once)
            least = once / found.step
            explained = bool((found.error <= DETAIL * least).all())
            if len(steps) < FEWEST or before is None or not explained:
                continue
            gaining = (found.error < before.error) & (found.error > NEAR * least)
            if not (gaining & (found.error > once * CLOSE_RATIO / h)).any():
                return self._confirmed(found, direction, total, (slope, bend, h))
        return None

    def _moves(self, direction: Array, h: float) -> tuple[Array, Array]:
        """How far the outputs move over a step of h to either side."""
        probe, base = self._ridders.probe, self._ridders.base
        return probe(direction * h) - base, probe(direction * -h) - base

    def _confirmed(
        self, found: SummedSlope, direction: Array, total: Callable[[Array], Array], last: tuple[Array, Array, float]
    ) -> SummedSlope | None:
        """`found`, where the finest step of the long ladder does not speak against it.

        `last`: the slope and the bend over the last step; over a finer one they are as much nearer to the slope at x
        and to zero as its square is smaller, but for rounding.
        """
        slope, bend, h = last
        finest, noise = self._ridders.finest, found.error * found.step
        right, left = self._moves(direction, finest)
        off, bent = np.abs(total(right - left) / (2 * finest) - found.value), np.abs(total(right + left) / 2)
        share = 2 * (finest / h) ** 2
        agrees = off <= share * np.abs(slope - found.value) + noise / finest
        agrees &= bent <= share * np.abs(bend) + noise
        return found if agrees.all() else None

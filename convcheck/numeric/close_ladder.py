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

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.ridders import DETAIL, Ridders, extrapolations

# With steps closer than this more of them are needed, with others rounding grows faster than powers of h shrink: of
# 1.4 to 2, tried on softmax, norms and their like, the ratio that tells most for its evaluations.
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


def taken(found: SummedSlope, row: Array, above: Array, even: Array | float, step: float, once: Array) -> SummedSlope:
    """The entry of a tableau that differs least from the two it was made from, of those `found` and those of its next
    `row`, which ends at `step`; `even` is the row of the even part, `once` the rounding of one evaluation.
    """
    made = row[1:]
    apart = np.fmax(np.abs(made - row[:-1]), np.abs(made - above))
    likely = CHANCE * np.maximum(apart, np.abs(even) / step) + once / step
    # What is not finite tells nothing.
    likely[np.isnan(likely)] = np.inf
    best, sums = likely.reshape(len(made), -1).argmin(axis=0), np.arange(once.size)
    value, error = (of.reshape(len(made), -1)[best, sums].reshape(once.shape) for of in (made, likely))
    better = error < found.error
    return SummedSlope(*(np.where(better, new, old) for new, old in zip((value, error, step), found, strict=True)))


def unknown(once: Array) -> SummedSlope:
    """What the first row of a tableau tells of sums of this rounding."""
    return SummedSlope(np.zeros(once.shape), np.full(once.shape, np.inf), np.ones(once.shape))


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
        steps, row = list[float](), list[Array]()
        found = once = None
        while len(steps) < self._ridders.levels:
            h = self._ridders.longest / CLOSE_RATIO ** len(steps)
            steps.append(h)
            right, left = self._moves(direction, h)
            last = np.array((total(right - left) / (2 * h), total(right + left) / 2))
            if not np.isfinite(last).all():
                return None
            above, row = row, extrapolations(last, row, steps)
            if found is None or once is None:
                once = rounding((right != 0) | (left != 0))
                found = unknown(once)
                continue
            both, before = np.array(row), found
            found = taken(found, both[:, 0], np.array(above)[:, 0], both[1:, 1], h, once)
            least = once / found.step
            if len(steps) < FEWEST or not (found.error <= DETAIL * least).all():
                continue
            gaining = (found.error < before.error) & (found.error > NEAR * least)
            if not (gaining & (found.error > once * CLOSE_RATIO / h)).any():
                return self._confirmed(found, direction, total, last, h)
        return None

    def _moves(self, direction: Array, h: float) -> tuple[Array, Array]:
        """How far the outputs move over a step of h to either side."""
        probe, base = self._ridders.probe, self._ridders.base
        return probe(direction * h) - base, probe(direction * -h) - base

    def _confirmed(
        self, found: SummedSlope, direction: Array, total: Callable[[Array], Array], last: Array, h: float
    ) -> SummedSlope | None:
        """`found`, where the finest step of the long ladder does not speak against it.

        `last`: the slope and the even part over h, the last step. Over a finer one they are as much nearer to the slope
        at x and to zero as its square is smaller, but for rounding.
        """
        finest, noise = self._ridders.finest, found.error * found.step
        right, left = self._moves(direction, finest)
        off, bent = np.abs(total(right - left) / (2 * finest) - found.value), np.abs(total(right + left) / 2)
        share = 2 * (finest / h) ** 2
        agrees = off <= share * np.abs(last[0] - found.value) + noise / finest
        agrees &= bent <= share * np.abs(last[1]) + noise
        return found if agrees.all() else None

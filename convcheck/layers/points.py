"""Further points of an input: where else a check looks, so that every entry is seen on both sides of its kinks.

At one random point an entry is on one side of a kink, and what backward does with it on the other side is not seen.
"""

from collections.abc import Callable, Iterator, Sequence
from math import floor, log2
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.spec.sizes import Shape

Array = np.ndarray[Any, np.dtype[Any]]

# A window of 4 × 4 is seen whole; of a larger one as many places as this, evenly spread.
MOST_POINTS = 16
# Powers of two, which round nothing: values far above any threshold that code may have, and far below. A maximum that
# starts at -999999 is a mistake; one that starts at -1e9 stands for minus infinity.
LARGE, TINY = 2.0**24, 2.0**-40


def nowhere(x: Array, rng: Draws) -> Iterator[Array]:
    """For inputs without kinks."""
    return iter(())


class Points(NamedTuple):
    """`draw(x, rng)` gives `total` further values of the input whose first one is x, of the same shape and dtype.

    `missed`: how many entries none of them brings to the other side. `kinks`: where the input has any, beside entries
    that tie: no step is to reach across one.
    """

    total: int = 0
    draw: Callable[[Array, Draws], Iterator[Array]] = nowhere
    missed: int = 0
    kinks: tuple[float, ...] = (0.0,)


NO_POINTS = Points()


def times(*factors: float) -> Points:
    """The same values so many times as large, one point a factor."""
    return Points(len(factors), lambda x, rng: (x * x.dtype.type(factor) for factor in factors))


# For inputs whose kinks lie at zero. The mirrored point has every entry on its other side; those far from zero and near
# to it show a threshold that is elsewhere.
ABOUT_ZERO = times(-1, LARGE, -TINY)


def between(kinks: Sequence[float]) -> Points:
    """For inputs that have these kinks, in ascending order: every entry is brought between any two of them, below all
    and above all, each in an order of its own; some as near to a kink as a thirtieth of the way.
    """
    ends = (kinks[0] - 2 * max(1.0, abs(kinks[0])), *kinks, kinks[-1] + 2 * max(1.0, abs(kinks[-1])))
    middles, widths = (np.add(ends[1:], ends[:-1]) / 2, np.diff(ends))

    def draw(x: Array, rng: Draws) -> Iterator[Array]:
        share = x / np.abs(x).max() * (15 / 32)
        first = rng.integers(0, len(middles), x.shape)
        for number in range(len(middles)):
            chosen = (first + number) % len(middles)
            yield np.asarray(middles[chosen] + widths[chosen] * share).astype(x.dtype)

    return Points(len(middles), draw, kinks=(0.0, *kinks))


def every_winner(shape: Shape, window: tuple[int, int], read: Array) -> Points:
    """For inputs of this shape, (…, H, W), whose kinks lie where entries of a window tie.

    Each place of each window wins at one of the points and loses at the others.

    Rows that are a window's height apart, and columns that are its width apart, make a class of entries of which every
    window has one, whatever the stride. The largest values there are go to one class after the other. `read` (H, W)
    marks the entries that lie in a window.
    """
    places = list(np.ndindex(*window))
    if len(places) == 1:
        return NO_POINTS
    count = min(len(places), MOST_POINTS)
    chosen = [places[i * (len(places) - 1) // (count - 1)] for i in range(count)]

    def draw(x: Array, rng: Draws) -> Iterator[Array]:
        ordered = np.sort(x, axis=None)
        for number, place in enumerate(chosen):
            first = np.broadcast_to(_class(shape[-2:], window, place), shape)
            winners = int(first.sum())
            values = np.empty_like(x)
            values[first] = ordered[x.size - winners :][rng.order(winners)]
            values[~first] = ordered[: x.size - winners][rng.order(x.size - winners)]
            # Every other point lies below zero, and far from it, where a maximum that starts at zero or at -100 shows.
            yield (values - values.dtype.type(_above(ordered))) * values.dtype.type(LARGE) if number % 2 else values

    seen = np.zeros(read.shape, dtype=bool)
    for place in chosen:
        seen |= _class(shape[-2:], window, place)
    return Points(count, draw, int((read & ~seen).sum()) * int(np.prod(shape[:-2])))


def _class(image: Shape, window: tuple[int, int], place: tuple[int, ...]) -> Array:
    rows, columns = (np.arange(n) % k == i for n, k, i in zip(image, window, place, strict=True))
    return np.asarray(rows[:, None] & columns)


def _above(ordered: Array) -> float:
    """A power of two above every value."""
    return 2.0 ** (floor(log2(float(np.abs(ordered[[0, -1]]).max()))) + 1)

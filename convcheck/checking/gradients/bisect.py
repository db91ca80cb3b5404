"""From a random direction in which a gradient is wrong to an entry that is wrong by itself, by halves.

The slope in a direction is the sum of those in its two halves. Where it is not, the differences say nothing; else the
half that is further off is halved again, and after 2·log₂(size) slopes one entry is left, which is measured by itself.
"""

from collections.abc import Callable, Iterable
from math import fsum
from typing import NamedTuple

import numpy as np

from convcheck.checking.result import Entry
from convcheck.layers.layer import Array
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import Scheme

# An entry that turns out right is left out of the direction, and another one looked for, so many times.
ATTEMPTS = 4


class SingleEntry(NamedTuple):
    """What one entry should be, measured by itself, and how far it may be off."""

    value: float
    bound: float


class Bisection(NamedTuple):
    """`entry` is wrong by itself, None where none was found. `consistent`: slopes in halves added up to their whole."""

    entry: Entry | None = None
    consistent: bool = True


class _Sums(NamedTuple):
    """Σₖ dₖ · gradient[k] by backward and by differences, for one direction d; `error` bounds that of `numeric`."""

    analytic: float
    numeric: float
    error: float


def bisection_cost(scheme: Scheme, size: int) -> int:
    """Forward evaluations that `bisect` may take for a gradient of `size` entries, about."""
    return ATTEMPTS * 2 * (1 + size.bit_length()) * scheme.cost


def bisect(
    probing: Probing,
    scheme: Scheme,
    direction: Array,
    others: Iterable[Array],
    analytic: Array,
    measure: Callable[[int], SingleEntry],
) -> Bisection:
    """Look for an entry of `analytic` (float64) that is further from what `measure` says of it than it may be.

    The slopes in `direction` and in each of `others` must add up to the slope in their sum as well: differences that
    see nothing of `direction` see nothing of its halves either. Raises `Raised` or NotWritten where forward does.
    """
    whole = _sums(probing, scheme, direction, analytic)
    for other in others:
        if not _adds_up(whole, *(_sums(probing, scheme, d, analytic) for d in (other, direction + other))):
            return Bisection(consistent=False)
    remaining = direction.copy()
    for _ in range(ATTEMPTS):
        flat = _halved(probing, scheme, remaining, whole, analytic)
        if flat is None:
            return Bisection(consistent=False)
        expected = measure(flat)
        value = float(analytic.flat[flat])
        if abs(value - expected.value) > expected.bound:
            index = tuple(int(i) for i in np.unravel_index(flat, analytic.shape))
            return Bisection(Entry(index, value, expected.value, expected.bound))
        remaining.flat[flat] = 0.0
        if not remaining.any():
            break
        whole = _sums(probing, scheme, remaining, analytic)
    return Bisection()


def _halved(probing: Probing, scheme: Scheme, direction: Array, whole: _Sums, analytic: Array) -> int | None:
    """The flat index at which halving ends; `whole` is of all of `direction`. None where slopes do not add up."""
    entries = np.flatnonzero(direction)
    while len(entries) > 1:
        halves = (entries[: len(entries) // 2], entries[len(entries) // 2 :])
        one, other = (_sums(probing, scheme, _restricted(direction, half), analytic) for half in halves)
        if not _adds_up(one, other, whole):
            return None
        first = abs(one.analytic - one.numeric) >= abs(other.analytic - other.numeric)
        whole, entries = (one, halves[0]) if first else (other, halves[1])
    return int(entries[0])


def _restricted(direction: Array, entries: Array) -> Array:
    """`direction` at `entries`, and zero elsewhere."""
    restricted = np.zeros(direction.shape)
    restricted.flat[entries] = direction.flat[entries]
    return restricted


def _adds_up(one: _Sums, other: _Sums, both: _Sums) -> bool:
    return abs(one.numeric + other.numeric - both.numeric) <= one.error + other.error + both.error


def _sums(probing: Probing, scheme: Scheme, direction: Array, analytic: Array) -> _Sums:
    slope = scheme(direction)
    terms = (slope.value * probing.dout).ravel()
    error = float((slope.error * np.abs(probing.dout)).sum()) + probing.roundoff * float(np.abs(terms).sum())
    return _Sums(fsum((direction * analytic).ravel()), fsum(terms), np.nan if slope.kinks.any() else error)

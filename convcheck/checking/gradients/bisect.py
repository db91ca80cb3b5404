"""From a random direction along which a gradient is wrong to an entry that is: by halves, and then by itself.

The slope along a direction is the sum of those along its two halves. Where it is not, the differences say nothing; else
the half that is further off is halved again, and in 2·log₂(size) slopes one entry is left, which can be looked at.
"""

from collections.abc import Callable, Iterable
from math import fsum
from typing import NamedTuple

import numpy as np

from convcheck.checking.result import Entry
from convcheck.layers.layer import Array
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import Scheme

# An entry that can be explained is left out, and the next one looked for, so many times.
TRIED = 4


class Judgement(NamedTuple):
    """What an entry should be by itself, and how far it may be off."""

    value: float
    bound: float


class Traced(NamedTuple):
    """`entry` is wrong by itself; None where none was found. `steady`: slopes along halves did add up."""

    entry: Entry | None = None
    steady: bool = True


class _Part(NamedTuple):
    said: float
    value: float
    error: float


def cost(scheme: Scheme, size: int) -> int:
    """Forward evaluations that it may take, about."""
    return TRIED * 2 * (1 + size.bit_length()) * scheme.cost


def traced(
    probing: Probing,
    scheme: Scheme,
    direction: Array,
    others: Iterable[Array],
    analytic: Array,
    judge: Callable[[int], Judgement],
) -> Traced:
    """Look for an entry of `analytic` (float64) that is further from what `judge` says of it than it may be.

    The slopes along `direction` and each of `others` must add up as well: differences that see nothing of `direction`
    see nothing of its halves either.
    """
    whole = _part(probing, scheme, direction, analytic)
    for other in others:
        if not _adds_up(whole, *(_part(probing, scheme, d, analytic) for d in (other, direction + other))):
            return Traced(steady=False)
    left = direction.copy()
    for _ in range(TRIED):
        found = _halved(probing, scheme, left, whole, analytic)
        if found is None:
            return Traced(steady=False)
        judged = judge(found)
        said = float(analytic.flat[found])
        if abs(said - judged.value) > judged.bound:
            index = tuple(int(i) for i in np.unravel_index(found, analytic.shape))
            return Traced(Entry(index, said, judged.value, judged.bound))
        left.flat[found] = 0.0
        if not left.any():
            break
        whole = _part(probing, scheme, left, analytic)
    return Traced()


def _halved(probing: Probing, scheme: Scheme, direction: Array, whole: _Part, analytic: Array) -> int | None:
    """The flat index at which halving ends; `whole` is of all of `direction`. None where slopes do not add up."""
    entries = np.flatnonzero(direction)
    while len(entries) > 1:
        halves = (entries[: len(entries) // 2], entries[len(entries) // 2 :])
        one, other = (_part(probing, scheme, _kept(direction, half), analytic) for half in halves)
        if not _adds_up(one, other, whole):
            return None
        first = abs(one.said - one.value) >= abs(other.said - other.value)
        whole, entries = (one, halves[0]) if first else (other, halves[1])
    return int(entries[0])


def _kept(direction: Array, entries: Array) -> Array:
    kept = np.zeros(direction.shape)
    kept.flat[entries] = direction.flat[entries]
    return kept


def _adds_up(one: _Part, other: _Part, both: _Part) -> bool:
    return abs(one.value + other.value - both.value) <= one.error + other.error + both.error


def _part(probing: Probing, scheme: Scheme, direction: Array, analytic: Array) -> _Part:
    slope = scheme(direction)
    terms = (slope.value * probing.dout).ravel()
    error = float((slope.error * np.abs(probing.dout)).sum()) + probing.roundoff * float(np.abs(terms).sum())
    said = fsum((direction * analytic).ravel())
    return _Part(said, fsum(terms), np.nan if slope.kinks.any() else error)

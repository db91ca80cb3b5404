"""All entries of a gradient at once, along random directions: what projection.py does exactly, with a tolerance.

For a direction v, Σₖ vₖ·gₖ must be Σₒ doutₒ·(J v)ₒ, in each block by itself; J v is one slope, whatever the size of x.

Each vₖ is drawn with a random sign and |vₖ| between wₖ/2 and wₖ, for weights w that make entries of unlike terms count
alike: wₖ·Tₖ = 1 where Tₖ is the size of the terms behind entry k. The chance that a wrong g passes:

1. Let e = g - g*, and let both sums be off by B at most for a right g. A wrong one passes where |Σ vₖ·eₖ| ≤ 2B.
2. Whatever the other vₖ are, that is an interval of length 4B/|eₖ| for vₖ, whose density is 1/wₖ at most: the chance is
   4B/(wₖ·|eₖ|) at most, with one entry wrong or many, also where they cancel.
3. For an entry that is off by ε of its terms it is 4B/(ε·wₖ·Tₖ). Directions are drawn independently: theirs multiply.

Directions are drawn until that product is small enough for every entry. They move only the entries for which it is not:
those of small terms are so looked at among their like.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.blocks import Blocks
from convcheck.numeric.close_ladder import SummedSlope, taken, unknown
from convcheck.numeric.complex_step import ComplexStep
from convcheck.numeric.data import in_own_units
from convcheck.numeric.plan import MISS
from convcheck.numeric.probing import Probing
from convcheck.numeric.ridders import Sums
from convcheck.numeric.slope import EXTRAPOLATION, Scheme

# A sum of many independent terms, each with a random sign, is off by more than so many times the root of the sum of
# their squares once in 10¹⁵ times (Hoeffding 1963).
SPREAD = 8.4
# A sum of outputs is rounded by so many epsilons of the root of the sum of their squares, at the most.
ROUNDED = 4
# Entries whose terms are smaller by this factor than the largest are moved no further than that makes them.
LIKE = 2.0**6


class Identity(NamedTuple):
    """One direction v, and for each block: Σ dout·(J v), how far that may be off, and whether an output has a kink.

    `weights` are what |v| was drawn below.
    """

    direction: Array
    weights: Array
    value: Array
    error: Array
    kinked: Array


def identity_along(
    probing: Probing,
    scheme: Scheme,
    direction: Array,
    blocks: Blocks,
    scale: Array | None = None,
    weights: Array | None = None,
) -> Identity:
    """The identity along a direction; `scale` is Σ|terms| of each entry, where that is known.

    `weights` are those that the direction was drawn with; without them, it is as if it had come out largest.

    Raises `Raised` or NotWritten where forward does.

    Where forward is extrapolated, and has no derivative as far as it goes along `direction`, as outside its domain,
    each entry is moved by a share of its own size instead.
    """
    dout = probing.dout
    weights = np.abs(direction) if weights is None else weights
    if scheme.name != EXTRAPOLATION:
        slope = scheme(direction)
        errors = scheme.typical_error(slope.value) if isinstance(scheme, ComplexStep) else slope.error
        value = blocks.output_sums(slope.value * dout)
        error = root_sum(blocks.output_sums((errors * dout) ** 2))
        return Identity(direction, weights, value, error, blocks.output_sums(slope.kinks) > 0)

    def total(values: Array) -> Array:
        return blocks.output_sums(values * dout)

    def rounding(moved: Array) -> Array:
        squares = blocks.output_sums(np.where(moved, probing.base * dout, 0.0) ** 2)
        if scale is not None:
            squares = squares + blocks.input_sums(np.where(direction != 0, probing.x * scale, 0.0) ** 2)
        return np.asarray(ROUNDED * probing.epsilon * np.sqrt(squares))

    found = probing.close_ladder.slope(direction, total, rounding)
    if found is not None:
        return Identity(direction, weights, found.value, found.error, np.zeros(found.value.shape, dtype=bool))
    sums = probing.ridders.sums(direction, total)
    if sums.slope.kinks.any():
        direction, weights = (in_own_units(moves, probing.x) for moves in (direction, weights))
        sums = probing.ridders.sums(direction, total)
    found = _settled(sums, rounding(sums.moved))
    return Identity(direction, weights, found.value, found.error, blocks.output_sums(sums.slope.kinks) > 0)


def _settled(sums: Sums, once: Array) -> SummedSlope:
    """The best entry of a tableau; `once` is the rounding of one evaluation."""
    found = unknown(once)
    with np.errstate(all="ignore"):
        for step, (above, row) in zip(sums.steps[1:], pairwise(sums.table), strict=True):
            found = taken(found, np.array(row), np.array(above), 0.0, step, once)
    return found


def root_sum(squares: Array) -> Array:
    """How far a sum may be off whose terms are each off by the root of a square, one way or the other."""
    return np.asarray(SPREAD * np.sqrt(squares))


def weights_of(terms: Array, entries: Array) -> Array:
    """How far a direction moves `entries`, a mask, so that the `terms` of each count alike; 1 at most."""
    largest = float(terms[entries].max())
    weights = np.where(entries, 1 / np.maximum(terms, largest / LIKE), 0.0) if largest else entries.astype(np.float64)
    return np.asarray(weights / weights.max())


def weighted_direction(weights: Array, rng: Draws) -> Array:
    """A random direction that moves each entry one way or the other, by half of its weight to all of it."""
    moved, direction = weights > 0, np.zeros(weights.shape)
    drawn = rng.uniform(-0.5, 0.5, (int(moved.sum()),))
    direction[moved] = weights[moved] * np.where(drawn < 0, drawn - 0.5, drawn + 0.5)
    return direction


class Sight:
    """What directions have seen of entries with these `terms`: `seen_to` is the share of its terms from which on each
    passes all of them with probability `MISS` at most; infinite where none moves it, or its terms are zero.
    """

    def __init__(self, terms: Array) -> None:
        self._terms = terms
        # Of the directions that tell most of an entry: log(Π least shares / MISS), and how many they are.
        self._logs = np.full(terms.shape, np.inf)
        self._counts = np.ones(terms.shape)
        # The logarithm of what the last direction alone sees of it, but for that probability.
        self._last = np.full(terms.shape, np.inf)
        self.seen_to = self._logs.copy()

    def add(self, identity: Identity, bound: Array, blocks: Blocks) -> None:
        """One direction more; `bound` is how far the two sides may be apart, block by block."""
        moved = identity.weights * self._terms
        told = moved > 0
        logs, counts = self._logs[told], self._counts[told]
        with np.errstate(all="ignore"):
            # An entry that is off by n times this share of its terms passes with probability 1/n at most.
            least = np.log(4 * blocks.at_input(bound, moved.shape)[told] / moved[told])
            # Those before may tell so little that this one tells more alone.
            alone, together = least - np.log(MISS), (logs + least) / (counts + 1)
            better = together < logs / counts
            logs, counts = np.where(better, logs + least, logs), counts + better
            reset = alone < logs / counts
            logs, counts = np.where(reset, alone, logs), np.where(reset, 1.0, counts)
            self._logs[told], self._counts[told], self._last[told] = logs, counts, least
            self.seen_to = self.seen_to.copy()
            self.seen_to[told] = np.exp(logs / counts)

    def is_blind(self, wish: Array | float) -> Array:
        """To which entries the last direction is blind: off by so much of its terms, each may pass it."""
        with np.errstate(all="ignore"):
            return np.asarray(self._last >= np.log(wish))

    def further(self, wish: Array | float) -> Array:
        """How many more directions like the last one it takes until each entry is seen to within this share of its
        terms; infinite where no number of them does.
        """
        with np.errstate(all="ignore"):
            each = np.log(wish) - self._last
            missing = self._logs - self._counts * np.log(wish)
        return np.where(each > 0, missing / each, np.inf)

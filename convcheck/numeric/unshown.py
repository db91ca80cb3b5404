"""Entries of which no output shows anything, told all at once: behind a softmax that is saturated there are many.

Along a random direction that moves them all, an output that changed with any of them would change, but by chance. Where
none does by more than its rounding, at steps of any length, the differences along each entry would be no more than
rounding either. Such entries are sought among those whose gradient is smallest: by halves, of which the lower is tried,
so that it takes few slopes however many of the entries the outputs do show.
"""

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.directions import weighted_direction
from convcheck.numeric.probing import Probing
from convcheck.numeric.ridders import RATIO, UNCHANGED

# Fewer entries than this are not worth the slopes.
FEWEST = 4
DIRECTIONS = 2
# Each moves every entry by half of a step at least; and that step may be the one after the longest, which is what an
# entry by itself is seen over. So much of an error is as little as would be seen there.
SHARE = 1 / (2 * RATIO)


def unshown(probing: Probing, sizes: Array, entries: Array) -> Array:
    """Which of `entries`, a mask, no output shows anything of; `sizes` is how large the gradient of each is said to be.

    None of a size that an entry by itself would be seen to. Raises `Raised` or NotWritten where forward does.
    """
    found = np.zeros(entries.shape, dtype=bool)
    # All of them first, then half of those that are left of it.
    part = np.flatnonzero(entries)
    part = part[np.argsort(sizes.flat[part], kind="stable")]
    tried = len(part)
    while tried >= FEWEST:
        lower = part[:tried]
        if _shows_nothing(probing, lower, float(sizes.flat[lower[-1]])):
            found.flat[lower] = True
            part = part[tried:]
        else:
            part = lower
        tried = len(part) // 2
    return found


def _shows_nothing(probing: Probing, entries: Array, size: float) -> bool:
    """Whether no output changes with any of these entries, and none of this size would be seen to."""
    rounding = float((probing.noise * np.abs(probing.dout)).sum()) / probing.ridders.longest
    if not size <= UNCHANGED * rounding:
        return False
    weights = np.zeros(probing.x.shape)
    weights.flat[entries] = 1.0
    for _ in range(DIRECTIONS):
        slope = probing.ridders(weighted_direction(weights, probing.rng))
        seen = float((slope.error * np.abs(probing.dout)).sum())
        shown = slope.kinks | ~(np.abs(slope.value) <= SHARE * slope.error)
        if shown.any() or not seen <= 2 * RATIO * rounding:
            return False
    return True

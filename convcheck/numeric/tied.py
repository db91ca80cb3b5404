"""Data with ties, and directions along which they stay ties.

Where entries of a kinked layer's input tie, max-pool has no gradient in each of them: any one winner, or a split, is
right. But along a direction that moves tied entries together there is a slope, to which every such choice adds up:
    Σₖ dₖ · gradient[k] = Σₒ slopeₒ · doutₒ        for d the same wherever x is the same
"""

from __future__ import annotations

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.data import dyadic
from convcheck.spec.sizes import Shape

# Few levels, so that any window has ties; none is zero, where relu has a kink that no direction avoids.
LEVELS = np.array([-1.5, -0.5, 0.5, 1.5])
# The levels stay in their order along a direction with entries below 2.
STEP = 0.125


def tied(shape: Shape, rng: Draws) -> tuple[Array, Array]:
    """x with many equal entries, and a direction that is equal wherever x is."""
    level = rng.integers(0, len(LEVELS), shape)
    return LEVELS[level], dyadic((len(LEVELS),), 6, rng)[level]

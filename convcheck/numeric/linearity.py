"""Whether forward is linear in one input, tested near and far: it may be linear far away and not at the data."""

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.data import FAR, FURTHER, own_scale
from convcheck.numeric.function import InputProbe
from convcheck.numeric.noise import SPACING, noise_along

# How far every entry is moved, in units of its own size, to one side or the other: from further than any step goes to
# where rounding begins.
FARTHEST = FAR * FURTHER
DISTANCES = (1.0, -(2.0**-5), 2.0**-12, -(2.0**-19), 2.0**-26)
# Far away, this share of the outputs is more than rounding leaves of any.
ROUGHLY = 2.0**-12


def is_linear_everywhere(probe: InputProbe, base: Array, noise: Array, roundoff: float, rng: Draws) -> bool:
    """Whether f(x + h·d) is f(x) + h·s but for rounding: for one random direction d, one slope s, and any length h.

    `base` is f(x), `noise` bounds the rounding of each output there, `roundoff` that of a sum relative to its terms.
    Costs two evaluations, five more where it is, and nine more where outputs cancel. Raises `Raised` where forward
    does, but for leaving its domain.
    """
    direction = own_scale(probe.x) * rng.uniform(0.25, 1.0, probe.x.shape) * rng.signs(probe.x.shape)
    noise = np.where(np.isfinite(noise), noise, roundoff * np.abs(base).max(initial=0))
    with np.errstate(all="ignore"):
        right, left = probe(direction * FARTHEST), probe(direction * -FARTHEST)
        rounding = noise + roundoff * np.abs(base)
        # What is linear rounds as much more as it is larger.
        far_rounding = roundoff * np.abs(right) + (1 + FARTHEST) * rounding
        if not np.isfinite(right - left).all():
            return False
        bend = np.abs(right - 2 * base + left)
        if not (bend <= 2 * far_rounding).all():
            if not (bend <= ROUGHLY * np.abs(right - base).max(initial=0) + far_rounding).all():
                return False
            # It may be rounding all the same.
            far_rounding += noise_along(lambda t: probe(direction * (FARTHEST * (1 + t))), SPACING)
            if not (np.isfinite(far_rounding) & (bend <= 2 * far_rounding)).all():
                return False
        slope = (right - base) / FARTHEST
        return all(
            (
                np.abs(probe(direction * h) - base - h * slope) <= 2 * rounding + 2 * abs(h) / FARTHEST * far_rounding
            ).all()
            for h in DISTANCES
        )

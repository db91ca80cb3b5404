"""Whether forward is linear in one input, tested near and far: it may be linear far away and not at the data."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from convcheck.layers.draws import Draws
from convcheck.layers.layer import Array
from convcheck.numeric.data import FAR, FURTHER, own_scale
from convcheck.numeric.function import InputProbe
from convcheck.numeric.noise import CANCELLED, MARGIN, SPACING, SUSPICIOUS, Noise, noise_along

# How far every entry is moved, in units of its own size, to one side or the other: from further than any step goes to
# where rounding begins.
FARTHEST = FAR * FURTHER
DISTANCES = (1.0, -(2.0**-12))
# What is left of a line so near is rounding, as far as there is a line: at multiples of this, to see so many in all.
NEAREST = 2.0**-23
SAMPLES, FEWEST_SAMPLES = 8, 3
# Far away, this share of the outputs is more than rounding leaves of any.
ROUGHLY = 2.0**-12


class Line(NamedTuple):
    """Forward along a random direction d through x, which is nearly as straight far away as rounding lets one see.

    `base` is f(x), `right` is f(x + h·d) for the farthest h, `bend` how far that and the other side are from one line,
    and `off` how far f(x + h·d) is from that line for each of the `lengths` h. `roundoff` bounds the rounding of a sum,
    relative to its terms.
    """

    probe: InputProbe
    direction: Array
    base: Array
    roundoff: float
    right: Array
    bend: Array
    lengths: Sequence[float]
    off: Sequence[Array]

    @property
    def slope(self) -> Array:
        """How fast each output moves."""
        return np.asarray((self.right - self.base) / FARTHEST)

    def is_linear(self, noise: Array) -> bool:
        """Whether f(x + h·d) is f(x) + h·s but for rounding: for one slope s, and any length h.

        `noise` bounds the rounding of each output at x. Costs no evaluation, or nine where outputs cancel. Raises
        `Raised` where forward does, but for leaving its domain.
        """
        magnitude = np.abs(self.base)
        noise = np.where(np.isfinite(noise), noise, self.roundoff * magnitude.max(initial=0))
        with np.errstate(all="ignore"):
            rounding = noise + self.roundoff * magnitude
            # What is linear rounds as much more as it is larger.
            far_rounding = self.roundoff * np.abs(self.right) + (1 + FARTHEST) * rounding
            if not (self.bend <= 2 * far_rounding).all():
                if not (self.bend <= ROUGHLY * np.abs(self.right - self.base).max(initial=0) + far_rounding).all():
                    return False
                # It may be rounding all the same.
                far_rounding += noise_along(lambda t: self.probe(self.direction * (FARTHEST * (1 + t))), SPACING)
                if not (np.isfinite(far_rounding) & (self.bend <= 2 * far_rounding)).all():
                    return False
            return all(
                (off <= 2 * rounding + 2 * abs(h) / FARTHEST * far_rounding).all()
                for h, off in zip(self.lengths, self.off, strict=True)
            )


def line_through(probe: InputProbe, base: Array, roundoff: float, lines: int, rng: Draws) -> Line | None:
    """Forward along a random direction through x; None where it curves, or is not finite, far away.

    Costs two evaluations, five more where there is a line; more where there are less than three `lines`. Raises
    `Raised` where forward does, but for leaving its domain.
    """
    direction = own_scale(probe.x) * rng.uniform(0.25, 1.0, probe.x.shape) * rng.signs(probe.x.shape)
    with np.errstate(all="ignore"):
        right, left = probe(direction * FARTHEST), probe(direction * -FARTHEST)
        bend = np.abs(right - 2 * base + left)
        # Not finite where one of both is not. Noise, which nobody knows yet, is taken to be what it is in float32.
        most = ROUGHLY * np.abs(right - base).max(initial=0) + ROUGHLY * np.abs(base).max(initial=0)
        if not (np.isfinite(bend) & (bend <= most)).all():
            return None
        slope = (right - base) / FARTHEST
        nearest = max(FEWEST_SAMPLES, ceil(SAMPLES / lines))
        lengths = [*DISTANCES, *((-1) ** i * (i + 1) * NEAREST for i in range(nearest))]
        off = [np.abs(probe(direction * h) - base - h * slope) for h in lengths]
    return Line(probe, direction, base, roundoff, right, bend, lengths, off)


def noise_beside(lines: Sequence[Line], epsilon: float) -> Noise | None:
    """The noise of forward, by how far it is from lines near x, one for each input, where forward is linear in all.

    None where that is more than the `epsilon` of the dtype explains.
    """
    base = lines[0].base
    nearest = [off for line in lines for off in line.off[len(DISTANCES) :]]
    with np.errstate(all="ignore"):
        # Both ends of a difference round.
        sigma = np.sqrt(sum(off**2 for off in nearest) / len(nearest))
        own = np.maximum(np.abs(base), np.abs(base).mean() / CANCELLED)
        # What a few differences show may be small by chance: no output rounds far less than most do.
        noise = MARGIN * np.maximum(sigma, float(np.median(sigma / own)) * own)
        if not (noise <= SUSPICIOUS * epsilon * own).all():
            return None
    size = np.abs(base)
    for line in lines:
        size = np.maximum(size, np.abs(line.slope))
    return Noise(noise, size)

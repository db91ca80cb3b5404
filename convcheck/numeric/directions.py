"""A few random directions instead of every entry, for sizes where even the groups cost too much.

In a direction d, Σₖ dₖ · gradient[k] must be Σₒ slopeₒ · doutₒ. The entries of d are powers of two and both sums are
rounded once, so on exact data a single wrong entry cannot hide; several can only by cancelling in every direction.
"""

from math import fsum
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.data import random_direction
from convcheck.numeric.plan import DIRECTIONS, NOT_OF_KIND
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import Scheme, is_linear


class Directions(NamedTuple):
    """For each of `directions`: Σₒ slopeₒ · doutₒ, a bound on its error, Σₒ|slopeₒ · doutₒ|, and whether it has a kink.

    `kind` is the dependence that `scheme` assumes; `given_up` has a sentence for a claim that did not hold.
    """

    directions: list[Array]
    values: list[float]
    errors: list[float]
    magnitudes: list[float]
    kinked: list[bool]
    scheme: Scheme
    kind: str
    given_up: tuple[str, ...]


def probe_directions(probing: Probing, count: int = DIRECTIONS) -> Directions:
    """Slopes in so many random directions, by the scheme that the claim allows if the code keeps to the claim."""
    directions = [_powers_of_two(probing) for _ in range(count)]
    scheme = next(probing.schemes(probing.claim.kind, directions[0]))
    given_up: tuple[str, ...] = ()
    trial = random_direction(probing.x, probing.steps, probing.exact, probing.rng)
    if probing.claim.kind == "linear" and not is_linear(scheme, trial, probing.roundoff):
        scheme = next(probing.schemes("smooth", directions[0]))
        given_up = (NOT_OF_KIND.format("linear", probing.claim.name),)
    kind = "smooth" if given_up else probing.claim.kind
    return slopes_along(probing, directions, scheme, kind, given_up)


def slopes_along(
    probing: Probing, directions: list[Array], scheme: Scheme, kind: str, given_up: tuple[str, ...] = ()
) -> Directions:
    """The slopes in these directions by this scheme, which assumes a dependence of this `kind`."""
    slopes = [scheme(d) for d in directions]
    terms = [(slope.value * probing.dout).ravel() for slope in slopes]
    weight = np.abs(probing.dout)
    return Directions(
        directions,
        [fsum(t) for t in terms],
        [float((slope.error * weight).sum()) for slope in slopes],
        [float(np.abs(t).sum()) for t in terms],
        [bool(slope.kinks.any()) for slope in slopes],
        scheme,
        kind,
        given_up,
    )


def _powers_of_two(probing: Probing) -> Array:
    shape = probing.x.shape
    return np.asarray(2.0 ** -probing.rng.integers(0, 4, shape) * probing.rng.signs(shape))

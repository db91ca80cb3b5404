"""In which dtype forward is differentiated, and how noisy its output is there."""

from math import isfinite
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of, rounding_factor
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.probing import Probing

# Above this epsilon, differences have no digits to spare.
FEW_DIGITS = 1e-10
# Other points may be this many times as noisy as the one at which noise was measured.
NOISE_MARGIN = 4


class Precision(NamedTuple):
    """Inputs, output and epsilon in the widest dtype that the code carries: differences of float32 say little.

    float64 is taken where forward then returns float64, equal to its float32 output but for rounding: `lost` is the
    share of each output that float32 lost. Where float64 is not taken, `noise` is the largest difference between the
    two outputs. Both are zero otherwise.
    """

    inputs: list[Array]
    out: Array
    epsilon: float
    noise: float
    lost: Array


def widest_precision(subject: Subject, function: Function, out: Array) -> Precision:
    """The precision for a subject whose forward gave `out`. Costs an evaluation where the subject is not of float64.

    Raises NotWritten where forward does; where it raises anything else in float64, float64 is not taken.
    """
    narrow = out.astype(np.float64)
    given = Precision(subject.data.inputs, narrow, epsilon_of(out, subject.dtype), 0.0, np.zeros(out.shape))
    if subject.dtype == np.float64:
        return given
    inputs = [a.astype(np.float64) for a in given.inputs]
    try:
        wide = function(inputs)
    except Raised:  # code that takes float32 and nothing else
        return given
    if wide.dtype != np.float64 or wide.shape != out.shape:
        return given
    apart = np.abs(wide - narrow)
    scale = np.abs(narrow).max(initial=0) if subject.scale is None else subject.scale["forward"]
    slack = rounding_factor(subject.terms.get("forward", out.size)) * subject.epsilon
    if (apart <= 2 * slack * scale).all():
        return Precision(inputs, wide, float(np.finfo(np.float64).eps), 0.0, _lost_share(apart, wide))
    largest = float(apart.max(initial=0))
    return given._replace(noise=largest) if isfinite(largest) else given


def probing_of(subject: Subject, function: Function, precision: Precision, position: int) -> Probing:
    """How input number `position` is probed at this precision."""
    forward_terms = subject.terms.get("forward", max(a.size for a in precision.inputs))
    roundoff = rounding_factor(forward_terms) * precision.epsilon
    out = precision.out
    if subject.scale is None:
        noise = np.full(out.shape, max(precision.noise, roundoff * float(np.abs(out).max(initial=0))))
    else:
        scale = subject.scale["forward"]
        noise = _noise_factor(scale, subject.reference, precision, roundoff) * scale
    return Probing(
        claim=subject.claims[position],
        probe=InputProbe(function, precision.inputs, position),
        base=out,
        dout=subject.data.dout.astype(np.float64),
        steps=subject.data.steps[position],
        exact=subject.data.exact,
        noise=noise,
        roundoff=roundoff,
        epsilon=precision.epsilon,
        lost=precision.lost,
        rng=subject.rng,
    )


def _lost_share(apart: Array, wide: Array) -> Array:
    """0 where nothing is lost, 1 where nothing is left."""
    with np.errstate(all="ignore"):
        return np.asarray(np.nan_to_num(np.minimum(apart / np.abs(wide), 1.0)))


def _noise_factor(scale: Array, reference: Array | None, precision: Precision, roundoff: float) -> float:
    """Rounding in forward relative to the layer's scale: `roundoff`, which is the most it can be; or less, by what the
    output's distance from the reference shows, where differences are of float32 and have no digits to spare.
    """
    if reference is None or precision.epsilon < FEW_DIGITS:
        return roundoff
    measured = np.abs(precision.out - reference)[scale > 0] / scale[scale > 0]
    return min(roundoff, max(precision.epsilon, NOISE_MARGIN * float(measured.max(initial=0))))

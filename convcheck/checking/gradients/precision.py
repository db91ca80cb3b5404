"""An input readied for probing: in which dtype forward is differentiated there, and how noisy its output is."""

from math import isfinite
from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import rounding_factor
from convcheck.checking.contract.findings import epsilon_of
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function, Line
from convcheck.numeric.probing import Probing

# Epsilons above this are of dtypes in which differences have no digits to spare; what one point shows, others exceed.
FEW_DIGITS = 1e-10
OBSERVED = 4


class Widest(NamedTuple):
    """Inputs, output and epsilon in the widest dtype that the code carries: differences of float32 say little.

    float64 is taken where forward then returns float64, equal to its float32 output but for rounding. `noise` is what
    that showed: how much float32 lost, where float64 is not taken; `lost` is how much of each output it lost, relative
    to the output, where float64 is taken. Both are zero otherwise.
    """

    inputs: list[Array]
    out: Array
    epsilon: float
    noise: float
    lost: Array


def widest(subject: Subject, function: Function, out: Array) -> Widest:
    """For a subject whose forward gave `out`. Costs an evaluation where that is not of float64."""
    narrow = out.astype(np.float64)
    given = Widest(subject.data.inputs, narrow, epsilon_of(out, subject.dtype), 0.0, np.zeros(out.shape))
    if subject.dtype == np.float64:
        return given
    inputs = [a.astype(np.float64) for a in given.inputs]
    try:
        carried = function(inputs)
    except Raised:  # code that takes float32 and nothing else
        return given
    if carried.dtype != np.float64 or carried.shape != out.shape:
        return given
    apart = np.abs(carried - narrow)
    scale = np.abs(narrow).max(initial=0) if subject.scale is None else subject.scale["forward"]
    slack = rounding_factor(subject.terms.get("forward", out.size)) * subject.epsilon
    if (apart <= 2 * slack * scale).all():
        return Widest(inputs, carried, float(np.finfo(np.float64).eps), 0.0, _lost(apart, carried))
    seen = float(apart.max(initial=0))
    return given._replace(noise=seen) if isfinite(seen) else given


def readied(subject: Subject, function: Function, wide: Widest, position: int) -> Probing:
    """Input number `position`, for all that is asked of it."""
    forward_terms = subject.terms.get("forward", max(a.size for a in wide.inputs))
    roundoff = rounding_factor(forward_terms) * wide.epsilon
    if subject.scale is None:
        noise = np.full(wide.out.shape, max(wide.noise, roundoff * float(np.abs(wide.out).max(initial=0))))
    else:
        noise = _noise_factor(subject.scale["forward"], subject.reference, wide, roundoff) * subject.scale["forward"]
    return Probing(
        claim=subject.claims[position],
        along=Line(function, wide.inputs, position),
        base=wide.out,
        dout=subject.data.dout.astype(np.float64),
        steps=subject.data.steps[position],
        exact=subject.data.exact,
        noise=noise,
        roundoff=roundoff,
        epsilon=wide.epsilon,
        lost=wide.lost,
        rng=subject.rng,
    )


def _lost(apart: Array, carried: Array) -> Array:
    """0 where nothing is lost, 1 where nothing is left."""
    with np.errstate(all="ignore"):
        return np.asarray(np.nan_to_num(np.minimum(apart / np.abs(carried), 1.0)))


def _noise_factor(scale: Array, reference: Array | None, wide: Widest, roundoff: float) -> float:
    """Rounding in forward relative to the layer's scale: what is possible; or, where differences are of float32 and
    have no digits to spare, what its distance from the reference shows, four times that, and one rounding at least.
    """
    if reference is None or wide.epsilon < FEW_DIGITS:
        return roundoff
    shown = np.abs(wide.out - reference)[scale > 0] / scale[scale > 0]
    return min(roundoff, max(wide.epsilon, OBSERVED * float(shown.max(initial=0))))

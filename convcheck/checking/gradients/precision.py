"""In which dtype forward is differentiated, and how noisy its output is there."""

from typing import NamedTuple

import numpy as np

from convcheck.checking.agreement.criterion import epsilon_of, rounding_factor
from convcheck.checking.subject import Subject
from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.data import room_beside
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.noise import Noise, measured_noise, rounds_input
from convcheck.numeric.probing import Probing

# Above this epsilon, differences have no digits to spare.
FEW_DIGITS = 1e-10
# Other points may be this many times as noisy as the one at which noise was measured.
NOISE_MARGIN = 4
# Noise of so many epsilons is more than a few operations in the dtype leave.
LOST_DIGITS = 64
# Epsilons of that arithmetic which most outputs are off by.
TYPICAL = 4
# Coarser arithmetic than float32's is not made out: what looks like it may be stairs, or kinks nearby.
COARSEST = 2.0**-20


class Precision(NamedTuple):
    """Inputs, output and epsilon in the widest dtype that the code carries: differences of float32 say little.

    float64 is taken where forward then returns float64, equal to its float32 output but for rounding: `lost` is the
    share of each output that float32 lost, zero elsewhere. `noise` bounds the rounding of each output as far as it was
    measured. `arithmetic` is the epsilon of the arithmetic inside, which may be coarser than that of the dtype.
    """

    inputs: list[Array]
    out: Array
    epsilon: float
    noise: Array
    lost: Array
    arithmetic: float


def widest_precision(subject: Subject, function: Function, out: Array) -> Precision:
    """The precision for a subject whose forward gave `out`.

    Costs an evaluation where the subject is not of float64, and some more where no layer tells the noise.
    Raises NotWritten where forward does; where it raises anything else in float64, float64 is not taken.
    """
    narrow = out.astype(np.float64, copy=False)
    given = _measured(subject.data.inputs, narrow, epsilon_of(out, subject.dtype), subject.noise)
    if subject.dtype == np.float64:
        return given
    inputs = [a.astype(np.float64) for a in given.inputs]
    try:
        wide = function(inputs)
        if wide.dtype != np.float64 or wide.shape != out.shape:
            return given
        noise = None if subject.noise is None else measured_noise(function, inputs, wide, subject.rng)
    except Raised:  # code that takes float32 and nothing else
        return given
    apart = np.abs(wide - narrow)
    scale = np.abs(narrow).max(initial=0) if subject.scale is None else subject.scale["forward"]
    slack = rounding_factor(subject.terms.get("forward", out.size)) * subject.epsilon
    if (apart <= 2 * slack * scale + given.noise).all():
        precision = _measured(inputs, wide, float(np.finfo(np.float64).eps), noise)
        return precision._replace(lost=_lost_share(apart, wide))
    return given._replace(noise=np.maximum(given.noise, apart)) if np.isfinite(apart).all() else given


def _measured(inputs: list[Array], out: Array, epsilon: float, noise: Noise | None) -> Precision:
    """The precision at these inputs, given its `noise`; None where a layer tells it."""
    nothing = np.zeros(out.shape)
    if noise is None:
        return Precision(inputs, out, epsilon, nothing, nothing, epsilon)
    return Precision(inputs, out, epsilon, noise.bound, nothing, arithmetic_epsilon(epsilon, noise))


def arithmetic_epsilon(epsilon: float, noise: Noise) -> float:
    """`epsilon`, or that of the arithmetic that code uses inside, by the noise that most outputs of their size have.

    Code may compute in float32 whatever it is given, or lose digits that cancel; its backward may lose as many.
    """
    telling = np.isfinite(noise.bound) & (noise.size > 0)
    if not telling.any():
        return epsilon
    typical = float(np.median(noise.bound[telling] / noise.size[telling])) / 2
    return min(typical, COARSEST) if typical > LOST_DIGITS * epsilon else epsilon


def in_float64(subject: Subject) -> Subject:
    """The same subject, its data in float64."""
    data = subject.data
    inputs = [a.astype(np.float64) for a in data.inputs]
    dout, other = (a.astype(np.float64) for a in (data.dout, data.other_dout))
    return subject._replace(dtype=np.dtype(np.float64), data=data._replace(inputs=inputs, dout=dout, other_dout=other))


def probing_of(subject: Subject, function: Function, precision: Precision, position: int) -> Probing:
    """How input number `position` is probed at this precision.

    Costs an evaluation where the arithmetic inside is coarser than the dtype: code that rounds the input to it calls
    for longer steps. Raises `Raised` or NotWritten where forward does.
    """
    probe, epsilon = InputProbe(function, precision.inputs, position), precision.epsilon
    if precision.arithmetic > epsilon and rounds_input(probe, precision.out, subject.rng):
        epsilon = precision.arithmetic
    forward_terms = subject.terms.get("forward") or max(a.size for a in precision.inputs)
    roundoff = rounding_factor(forward_terms) * epsilon
    out = precision.out
    if subject.scale is None:
        # Noise that is estimated from a few points may be small by chance: no output rounds far less than most do. But
        # of few digits the most that a sum may round would leave none to decide by.
        coarser = precision.arithmetic > precision.epsilon
        own_roundoff = rounding_factor(forward_terms) * precision.epsilon
        least = max(own_roundoff, TYPICAL * precision.arithmetic if coarser else 0.0)
        own = np.maximum(precision.noise, least * np.abs(out))
        noise = np.where(np.isfinite(own), own, roundoff * float(np.abs(out).max(initial=0)))
    else:
        scale = subject.scale["forward"]
        noise = _noise_factor(scale, subject.reference, precision, roundoff) * scale
    return Probing(
        claim=subject.claims[position],
        probe=probe,
        base=out,
        dout=subject.data.dout.astype(np.float64, copy=False),
        steps=subject.data.steps[position],
        exact=subject.data.exact,
        noise=noise,
        roundoff=roundoff,
        epsilon=epsilon,
        lost=precision.lost,
        rng=subject.rng,
        room=room_beside(subject.data.taken[position], epsilon) if subject.data.exact else 0,
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

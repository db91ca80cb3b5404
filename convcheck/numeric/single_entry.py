"""Single entries of a gradient, each probed by itself and held to the rounding of its own outputs alone.

For a whole gradient, the rounding of the largest output is allowed to every entry. That says little of an entry far
smaller than the others, which this file measures again, together with its own uncertainty: where forward is linear, how
far the slopes over steps of several lengths differ; elsewhere, the estimate of extrapolated real differences.

A complex step is not enough evidence there. It measures slopes so small that forward's output shows nothing of them
(1e-80 where a saturated output is 1 to the last bit), and sound code may return zero for those.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.complex_step import COMPLEX_STEP, imaginary_slope, step_for
from convcheck.numeric.data import scale_of
from convcheck.numeric.function import InputProbe
from convcheck.numeric.groups import reached_by
from convcheck.numeric.plan import ProbePlan
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import FIRST_LEVELS, Slope

# Slopes of a linear function are measured over these fractions of a step; no power of two apart, so each rounds its own
# way.
FRACTIONS = (1.0, 0.7, 0.45)
# Inputs that are smaller by this factor saturate little; and a slope there that is so many times as steep is no mere
# power of the inputs, such as 1/x².
SHRUNK = 2.0**-3
STEEPER = 128
# The largest of a few differences may be small by chance: an error may be this many times what they show.
SAMPLE_MARGIN = 8
NOTHING: Mapping[int, Slope] = MappingProxyType({})


class SingleEntries(NamedTuple):
    """One number an entry. `value`, `magnitude`, `error` and `kinks` are as in `NumericGradient`.

    `visible` and `visible_error` are `value` and `error` by those outputs alone that real differences see changing.
    `chord` is Σₒ|Δₒ · doutₒ| / |Δxₖ| over the outputs that the entry reaches, where the entry is displaced as far as
    the data is large, or all inputs are smaller, and each output changes by Δₒ (at most by its own size): where forward
    saturates, the slope that it has elsewhere. `visible_chord` is the same over the outputs that are seen changing.
    Both are zero where forward is linear. `lost` is the share of `magnitude` that would be lost if
    each slope lost what its output loses (`Probing.lost`).
    """

    value: Array
    magnitude: Array
    error: Array
    kinks: Array
    visible: Array
    visible_error: Array
    chord: Array
    visible_chord: Array
    lost: Array


def evaluations_for_entries(plan: ProbePlan, entries: int, known: int = 0) -> int:
    """Forward evaluations that so many entries take, about, where slopes along some of them are `known`."""
    each, slope = (2 * len(FRACTIONS), 0) if plan.kind == "linear" else (6, 2 * FIRST_LEVELS[53])
    return entries * each + (entries - known) * slope


def probe_single_entries(
    probing: Probing, plan: ProbePlan, scheme: str, entries: Iterable[int], known: Mapping[int, Slope] = NOTHING
) -> SingleEntries:
    """Each of `entries`, flat indices; `plan` and the name of the `scheme` are those of the whole gradient.

    `known` are slopes along single entries that were extrapolated before.
    """
    rows = [_one(probing, plan, scheme, int(entry), known) for entry in entries]
    columns = np.array(rows).reshape(-1, len(SingleEntries._fields)).T
    return SingleEntries(*columns)


def _one(probing: Probing, plan: ProbePlan, scheme: str, entry: int, known: Mapping[int, Slope]) -> tuple[float, ...]:
    x = probing.x
    direction = np.zeros(x.shape)
    direction.flat[entry] = 1.0
    reached = reached_by([int(i) for i in np.unravel_index(entry, x.shape)], plan.ties, probing.base.shape)
    if plan.kind == "linear":
        slope = _linear_slope(probing, direction)
    else:
        # Real differences, in which each output has its own rounding error.
        slope = known[entry] if entry in known else probing.ridders(direction)
    visible = reached & (slope.value != 0)
    value, error, counted = slope.value, slope.error, visible
    if scheme == COMPLEX_STEP:
        value = imaginary_slope(probing.probe, direction, step_for(probing.epsilon))
        error = error + np.abs(value - slope.value)
        # Where every slope is zero, none is left out: one may be zero only because what it sums happens to cancel.
        if (reached & (value != 0)).any():
            reached &= value != 0
        counted = reached
    weight = np.abs(probing.dout)
    chords = (
        np.zeros(weight.shape) if plan.kind == "linear" else _chords(probing, direction, entry, np.abs(value)) * weight
    )
    return (
        float((value * probing.dout)[reached].sum()),
        float((np.abs(value) * weight)[reached].sum()),
        float((error * weight)[reached].sum()),
        float(slope.kinks[reached].any()),
        float((slope.value * probing.dout)[visible].sum()),
        float((slope.error * weight)[visible].sum()),
        float(chords[counted].sum()),
        float(chords[visible].sum()),
        float((np.abs(value) * weight * probing.lost)[reached].sum()),
    )


def _chords(probing: Probing, direction: Array, entry: int, slope: Array) -> Array:
    """The steepest change of each output where the entry becomes zero, or larger or smaller by the size of x.

    What saturates may do so because of other entries: where all inputs are smaller, and the slope is far steeper than
    `slope`, it counts as well.
    """
    displacements = (-float(probing.x.flat[entry]), scale_of(probing.x), -scale_of(probing.x))
    size = np.abs(probing.base)
    steepest = np.zeros(size.shape)
    shrunk, step = probing.probe.shrunk(SHRUNK), SHRUNK * scale_of(probing.x)
    with np.errstate(all="ignore"):
        for displacement in filter(None, displacements):
            change = np.fmin(_apart(_output(probing.probe, direction * displacement), probing.base), size)
            steepest = np.fmax(steepest, change / abs(displacement))
        elsewhere = _apart(_output(shrunk, direction * step), _output(shrunk, direction * -step)) / (2 * step)
        elsewhere = np.fmin(elsewhere, size / scale_of(probing.x))
        saturates = elsewhere > STEEPER * slope
        return np.asarray(np.where(saturates, np.fmax(steepest, elsewhere), steepest))


def _output(probe: InputProbe, displacement: Array) -> Array:
    """The output there; NaN outside the domain of forward."""
    try:
        return probe(displacement)
    except Raised:
        return np.full((), np.nan)


def _apart(a: Array, b: Array) -> Array:
    """How far two outputs are apart; zero where one of them is not known."""
    return np.asarray(np.nan_to_num(np.abs(a - b), nan=0.0, posinf=0.0))


def _linear_slope(probing: Probing, direction: Array) -> Slope:
    """Over a step so long that slopes far below the others show, if forward is linear as far as that."""
    near = _slope_over(probing, direction, probing.steps.step)
    far = _slope_over(probing, direction, probing.steps.step * 2.0 ** round(-np.log2(probing.epsilon) / 2))
    with np.errstate(all="ignore"):
        linear = (np.abs(far.value - near.value) <= far.error + near.error).all()
    return far if linear and far.error.sum() <= near.error.sum() else near


def _slope_over(probing: Probing, direction: Array, step: float) -> Slope:
    """The slope over `step`, as uncertain as it differs from those over fractions of it."""
    with np.errstate(all="ignore"):
        slopes = [(probing.probe(direction * (f * step)) - probing.base) / (f * step) for f in FRACTIONS]
        apart = np.max([np.abs(slope - slopes[0]) for slope in slopes[1:]], axis=0)
        rounding = probing.roundoff * np.abs(slopes[0]) + probing.noise / step
    return Slope(slopes[0], SAMPLE_MARGIN * apart + rounding, np.zeros(apart.shape, dtype=bool))

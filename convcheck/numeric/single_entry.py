"""Entries of a gradient that are far smaller than others, each probed by itself, with the rounding of its own outputs.

Elsewhere what one output may have rounded is allowed to all. Here a difference is as uncertain as the outputs that the
entry reaches: where it is linear, as its slopes over steps of several lengths differ; elsewhere, as real differences
extrapolate. (A complex step sees slopes below anything that forward's output shows: of those, code may well be free.)
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from convcheck.implementations.errors.raised import Raised
from convcheck.layers.layer import Array
from convcheck.numeric.complex_step import COMPLEX_STEP, imaginary, step_for
from convcheck.numeric.data import scale_of
from convcheck.numeric.groups import reached_by
from convcheck.numeric.plan import Plan
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import LEVELS, Slope

# Not halves of each other, so that each rounds in its own way.
PARTS = (1.0, 0.7, 0.45)
# Of a few samples the largest may well be small: an error may be this many times what they show.
OBSERVED = 8


class Alone(NamedTuple):
    """One number an entry. `value`, `magnitude`, `error` and `kinks` are as in `Gradient`.

    `moved` and `moved_error` are the value and its error by those outputs alone that real differences see moving.
    `reach` is Σₒ|Δₒ · doutₒ| / |Δxₖ| over the outputs that the entry reaches, where the entry goes a long way and each
    output changes by Δₒ (at most by what it is itself): where forward saturates, what the slope is elsewhere.
    `moved_reach` is that of those that are seen moving. Zero where forward is linear. `lost` is how much of `magnitude`
    would be gone if each slope lost as much as its output has.
    """

    value: Array
    magnitude: Array
    error: Array
    kinks: Array
    moved: Array
    moved_error: Array
    reach: Array
    moved_reach: Array
    lost: Array


def cost(plan: Plan) -> int:
    """Forward evaluations an entry."""
    return 2 * len(PARTS) if plan.kind == "linear" else 4 + 2 * LEVELS[53]


def alone(probing: Probing, plan: Plan, scheme: str, entries: Iterable[int]) -> Alone:
    """Each of `entries`, flat indices; `plan` and `scheme` are those with which the others were found."""
    rows = [_one(probing, plan, scheme, int(entry)) for entry in entries]
    columns = np.array(rows).reshape(-1, len(Alone._fields)).T
    return Alone(*columns)


def _one(probing: Probing, plan: Plan, scheme: str, entry: int) -> tuple[float, ...]:
    x = probing.along.x
    direction = np.zeros(x.shape)
    direction.flat[entry] = 1.0
    reached = reached_by([int(i) for i in np.unravel_index(entry, x.shape)], plan.ties, probing.base.shape)
    slope = _linear(probing, direction) if plan.kind == "linear" else _smooth(probing, direction)
    moved = reached & (slope.value != 0)
    value, error, shown = slope.value, slope.error, moved
    if scheme == COMPLEX_STEP:
        value = imaginary(probing.along, direction, step_for(probing.epsilon))
        error = error + np.abs(value - slope.value)
        # Where all of them are zero, one may be so because what it sums happens to cancel.
        if (reached & (value != 0)).any():
            reached &= value != 0
        shown = reached
    weight = np.abs(probing.dout)
    outputs = np.zeros(weight.shape) if plan.kind == "linear" else _chord(probing, direction, entry) * weight
    return (
        float((value * probing.dout)[reached].sum()),
        float((np.abs(value) * weight)[reached].sum()),
        float((error * weight)[reached].sum()),
        float(slope.kinks[reached].any()),
        float((slope.value * probing.dout)[moved].sum()),
        float((slope.error * weight)[moved].sum()),
        float(outputs[shown].sum()),
        float(outputs[moved].sum()),
        float((np.abs(value) * weight * probing.lost)[reached].sum()),
    )


def _chord(probing: Probing, direction: Array, entry: int) -> Array:
    """The steepest that each output changes where the entry becomes zero, or larger or smaller by the size of x."""
    ways = (-float(probing.along.x.flat[entry]), scale_of(probing.along.x), -scale_of(probing.along.x))
    size = np.abs(probing.base)
    steepest = np.zeros(size.shape)
    for way in filter(None, ways):
        try:
            with np.errstate(all="ignore"):
                changed = np.abs(probing.along(direction * way) - probing.base)
        except Raised:  # outside its domain
            changed = size
        steepest = np.maximum(steepest, np.fmin(changed, size) / abs(way))
    return steepest


def _linear(probing: Probing, direction: Array) -> Slope:
    """Over a step so far that slopes far below the others show, if forward is linear as far as that."""
    near = _apart(probing, direction, probing.steps.step)
    far = _apart(probing, direction, probing.steps.step * 2.0 ** round(-np.log2(probing.epsilon) / 2))
    with np.errstate(all="ignore"):
        continued = (np.abs(far.value - near.value) <= far.error + near.error).all()
    return far if continued and far.error.sum() <= near.error.sum() else near


def _apart(probing: Probing, direction: Array, step: float) -> Slope:
    """The slope over `step`, as uncertain as it differs from those over parts of it."""
    with np.errstate(all="ignore"):
        slopes = [(probing.along(direction * (part * step)) - probing.base) / (part * step) for part in PARTS]
        apart = np.max([np.abs(slope - slopes[0]) for slope in slopes[1:]], axis=0)
        rounding = probing.roundoff * (np.abs(slopes[0]) + np.abs(probing.base) / step)
    return Slope(slopes[0], OBSERVED * apart + rounding, np.zeros(apart.shape, dtype=bool))


def _smooth(probing: Probing, direction: Array) -> Slope:
    """Real differences, each output with its own noise."""
    return probing.ridders._replace(noise=probing.roundoff * np.abs(probing.base))(direction)

"""The numeric gradient of one input: every entry, for one probe a group, with a test of what the groups rest on.

    numeric[k] = Σₒ ∂aₒ/∂xₖ · doutₒ

A group's probe gives one slope for every output, which is added to the entry that owns the output. What the groups
rest on (the ties, and the scheme's assumption) is then tested on the code under test: along a random direction d, the
slope of every output must be Σₖ dₖ · ∂aₒ/∂xₖ, summed from the entries. Where it is not, the gradient is not certified,
and the next plan assumes less.
"""

from collections.abc import MutableMapping, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.layers.locality import Tie
from convcheck.numeric.groups import Group, groups
from convcheck.numeric.slope import Scheme, Slope


class NumericGradient(NamedTuple):
    """What differences say of one input, each array of the input's shape, in float64.

    `value` is the gradient, `magnitude` Σₒ|∂aₒ/∂xₖ · doutₒ|, `error` a bound on the error of `value`, and `kinks` marks
    the entries at which some output has no derivative. `certified` is whether the slopes in a random direction agreed.
    """

    value: Array
    magnitude: Array
    error: Array
    kinks: Array
    certified: bool


def numeric_gradient(
    scheme: Scheme,
    shape: Sequence[int],
    ties: Sequence[Tie],
    dout: Array,
    trial: Array,
    trial_slope: Slope,
    roundoff: float,
    wanted: Array | None = None,
    single: MutableMapping[int, Slope] | None = None,
) -> NumericGradient:
    """Probe every group of an input of `shape`, then hold the entries against `trial_slope`, that along `trial`.

    Only entries that are `wanted`, a mask, are moved, and `trial` is to move no others: all others stay zero. The slope
    along each entry that is probed by itself is added to `single`, by its flat index.
    """
    size = prod(shape)
    value, magnitude, error = np.zeros((3, size))
    kinks = np.zeros(size, dtype=bool)
    upstream, weight = dout.ravel(), np.abs(dout).ravel()
    predicted, allowed = np.zeros(dout.size), np.zeros(dout.size)
    kinked_outputs = np.zeros(dout.size, dtype=bool)
    local = True
    direction, step = np.zeros(size), trial.ravel()
    moved = np.ones(size) if wanted is None else wanted.reshape(-1).astype(np.float64)
    for group in groups(tuple(shape), ties, dout.shape):
        if not moved[group.entries].any():
            continue
        direction[group.entries] = moved[group.entries]
        slope = scheme(direction.reshape(shape))
        if single is not None and _owns_all(group):
            single[int(group.entries[0])] = slope
        direction[group.entries] = 0.0
        slopes, errors = slope.value.ravel(), slope.error.ravel()
        sizes = np.abs(slopes)
        value[group.entries] = sums_by_owner(group, slopes * upstream)
        magnitude[group.entries] = sums_by_owner(group, sizes * weight)
        error[group.entries] = sums_by_owner(group, errors * weight)
        if slope.kinks.any():
            kinks[group.entries] = sums_by_owner(group, slope.kinks.ravel()) > 0
            kinked_outputs |= slope.kinks.ravel()
        if group.strays.size:
            local = local and bool((sizes[group.strays] <= errors[group.strays]).all())
        share = step[group.entries] if _owns_all(group) else np.append(step[group.entries], 0.0)[group.owner]
        predicted += share * slopes
        sizes *= roundoff
        sizes += errors
        sizes *= np.abs(share)
        allowed += sizes
    allowed += trial_slope.error.ravel()
    # A kink in the trial alone excuses nothing: with the claims true and these steps there is none to meet.
    agrees = (np.abs(predicted - trial_slope.value.ravel()) <= allowed) & ~trial_slope.kinks.ravel()
    off = ~(agrees | kinked_outputs)
    if wanted is not None:
        # In a group with one that is wanted they own outputs as well.
        for each in (value, magnitude, error, kinks):
            each[moved == 0] = 0
    return NumericGradient(
        value.reshape(shape),
        magnitude.reshape(shape),
        error.reshape(shape),
        kinks.reshape(shape),
        certified=local and not bool(off.any()),
    )


def _owns_all(group: Group) -> bool:
    """Whether the group is one entry that may reach every output."""
    return len(group.entries) == 1 and not group.strays.size


def sums_by_owner(group: Group, per_output: Array) -> Array:
    """The sum of `per_output` over the outputs that each entry of the group owns."""
    if _owns_all(group):
        return np.asarray(per_output.sum())
    count = len(group.entries)
    return np.bincount(group.owner, weights=per_output, minlength=count + 1)[:count]

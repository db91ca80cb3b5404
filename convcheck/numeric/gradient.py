"""The numeric gradient of one input: every entry, at the price of its probe groups, with a certificate.

    numeric[k] = Σₒ ∂aₒ/∂xₖ · doutₒ

Each group's probe gives one slope for every output, credited to the entry that owns the output. What the groups rest on
(the ties, and the scheme's assumption) is then tested on the code under test: along a random direction d, the slope of
every output must be Σₖ dₖ · ∂aₒ/∂xₖ as put together from the entries. Where it is not, the next plan assumes less.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.layers.locality import Tie
from convcheck.numeric.groups import Group, groups
from convcheck.numeric.slope import Scheme


class Gradient(NamedTuple):
    """What differences say of one input, each array of the input's shape, in float64.

    `value` is the gradient, `magnitude` Σₒ|∂aₒ/∂xₖ · doutₒ|, `error` a bound on the error of `value`, and `kinks` marks
    the entries at which some output has no derivative. `certified` is whether the random direction agreed.
    """

    value: Array
    magnitude: Array
    error: Array
    kinks: Array
    certified: bool


def gradient(
    scheme: Scheme, shape: Sequence[int], ties: Sequence[Tie], dout: Array, trial: Array, roundoff: float
) -> Gradient:
    """Probe every group of an input of `shape`, then hold the entries against the slope along the direction `trial`."""
    along_trial = scheme(trial)
    size = int(np.prod(shape))
    value, magnitude, error = np.zeros(size), np.zeros(size), np.zeros(size)
    kinks = np.zeros(size, dtype=bool)
    upstream, weight = dout.ravel(), np.abs(dout).ravel()
    predicted, allowed = np.zeros(dout.size), np.zeros(dout.size)
    kinked_outputs = np.zeros(dout.size, dtype=bool)
    local = True
    direction, step = np.zeros(size), trial.ravel()
    for group in groups(tuple(shape), ties, dout.shape):
        direction[group.entries] = 1.0
        slope = scheme(direction.reshape(shape))
        direction[group.entries] = 0.0
        slopes, errors = slope.value.ravel(), slope.error.ravel()
        sizes = np.abs(slopes)
        value[group.entries] = _credit(group, slopes * upstream)
        magnitude[group.entries] = _credit(group, sizes * weight)
        error[group.entries] = _credit(group, errors * weight)
        if slope.kinks.any():
            kinks[group.entries] = _credit(group, slope.kinks.ravel()) > 0
            kinked_outputs |= slope.kinks.ravel()
        if group.strays.size:
            local = local and bool((sizes[group.strays] <= errors[group.strays]).all())
        share = step[group.entries] if _owns_all(group) else np.append(step[group.entries], 0.0)[group.owner]
        predicted += share * slopes
        sizes *= roundoff
        sizes += errors
        sizes *= np.abs(share)
        allowed += sizes
    allowed += along_trial.error.ravel()
    # A kink that the trial alone meets is no excuse: by the claims and the steps there is none to meet.
    agrees = (np.abs(predicted - along_trial.value.ravel()) <= allowed) & ~along_trial.kinks.ravel()
    off = ~(agrees | kinked_outputs)
    return Gradient(
        value.reshape(shape),
        magnitude.reshape(shape),
        error.reshape(shape),
        kinks.reshape(shape),
        certified=local and not bool(off.any()),
    )


def _owns_all(group: Group) -> bool:
    """Whether it is one entry, which may reach every output."""
    return len(group.entries) == 1 and not group.strays.size


def _credit(group: Group, per_output: Array) -> Array:
    """What the outputs have, added up for each entry that owns them."""
    if _owns_all(group):
        return np.asarray(per_output.sum())
    count = len(group.entries)
    return np.bincount(group.owner, weights=per_output, minlength=count + 1)[:count]

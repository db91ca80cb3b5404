"""Every entry of one input's numeric gradient, by the cheapest plan whose claims hold on the code under test."""

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from convcheck.layers.layer import Array
from convcheck.numeric.data import in_own_units, random_direction
from convcheck.numeric.gradient import NumericGradient, numeric_gradient
from convcheck.numeric.groups import count_groups
from convcheck.numeric.plan import ProbePlan, probe_plans
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import COARSE, EXTRAPOLATION, Scheme, Slope

# So many slopes of single outputs are kept at the most: some 20 MB of them.
MOST_KEPT = 2**20


class ProbedEntries(NamedTuple):
    """The numeric gradient, the name of the `scheme` that measured it, and the `plan`, which says which claims held.

    `slopes` are those along entries that were extrapolated each by itself, by flat index, unless they are many.
    """

    gradient: NumericGradient
    scheme: str
    plan: ProbePlan
    slopes: Mapping[int, Slope] = MappingProxyType({})


def probe_entries(
    probing: Probing, full: bool, affordable: Callable[[int], bool], wanted: Array | None = None
) -> ProbedEntries:
    """Try plan after plan until one is certified and finds no kinks; else give the one with the fewest entries open.

    `full` probes every entry by itself from the start. `affordable(n)` answers whether n more evaluations may be spent
    on a plan after the first. Of the entries that are not `wanted`, a mask, nothing is found out.
    """
    number = prod(probing.claim.shape) if wanted is None else int(wanted.sum())
    best: ProbedEntries | None = None
    for plan in probe_plans(probing.claim, full):
        # Where the gradient is certified and only kinks stand in the way, smaller groups would meet the same kinks.
        if best is not None and best.gradient.certified and plan.ties != best.plan.ties:
            continue
        count = count_groups(probing.claim.shape, plan.ties, probing.base.shape)
        trial = random_direction(probing.x, probing.steps, probing.exact, probing.rng)
        if wanted is not None:
            count, trial = min(count, number), np.where(wanted, trial, 0.0)
        for scheme in probing.schemes(plan.kind):
            if best is not None and not affordable(count * scheme.cost):
                continue
            along, slope = _within_domain(scheme, probing, trial)
            slopes = dict[int, Slope]()
            keep = scheme.name == EXTRAPOLATION and number * probing.base.size <= MOST_KEPT
            gradient = numeric_gradient(
                scheme,
                probing.claim.shape,
                plan.ties,
                probing.dout,
                along,
                slope,
                probing.roundoff,
                wanted,
                slopes if keep else None,
            )
            if not gradient.certified and len(slopes) == number:
                gradient = _apart_from_singular(gradient, slopes, scheme, probing, along, slope)
            if best is None or _open_entries(gradient) < _open_entries(best.gradient):
                best = ProbedEntries(gradient, scheme.name, plan, slopes)
                if gradient.certified and not gradient.kinks.any():
                    return best
    assert best is not None
    return best


def _within_domain(scheme: Scheme, probing: Probing, trial: Array) -> tuple[Array, Slope]:
    """A direction like `trial` and the slope in it: `trial` itself, or where differences see kinks there, as they do
    outside the domain of forward, the direction that moves each entry by a share of its own size.
    """
    slope = scheme(trial)
    if scheme.name != EXTRAPOLATION or not slope.kinks.any():
        return trial, slope
    own = in_own_units(trial, probing.x)
    return (trial, slope) if np.array_equal(own, trial) else (own, scheme(own))


def _apart_from_singular(
    gradient: NumericGradient, slopes: Mapping[int, Slope], scheme: Scheme, probing: Probing, along: Array, trial: Slope
) -> NumericGradient:
    """The gradient, certified for what is left without the entries that the outputs hang on at which `trial` disagrees.

    Where forward has no derivative with respect to one entry, as √x at 0, that says nothing of the others. They are
    moved along `along` once more without it, and are to add up at every output, those at which it disagreed as well.
    """

    def agrees(along: Array, slope: Slope) -> Array:
        share = along.ravel()
        sums = np.zeros(slope.value.shape)
        allowed = slope.error.copy()
        for place, one in slopes.items():
            sums += share[place] * one.value
            allowed += abs(share[place]) * (one.error + probing.roundoff * np.abs(one.value))
        return np.asarray((np.abs(sums - slope.value) <= allowed) & ~slope.kinks)

    off = ~agrees(along, trial)
    singular = np.zeros(gradient.kinks.shape, dtype=bool)
    for place, one in slopes.items():
        singular.flat[place] = not ((np.abs(one.value) <= one.error) & ~one.kinks)[off].all()
    rest = np.where(singular, 0.0, along)
    if not singular.any() or not rest.any() or not agrees(rest, scheme(rest)).all():
        return gradient
    return gradient._replace(kinks=gradient.kinks | singular, certified=True)


def _open_entries(gradient: NumericGradient) -> int:
    """How many entries this leaves undecided: those with a kink, and those whose error is too large to decide."""
    if not gradient.certified:
        return gradient.kinks.size + 1
    return int((gradient.kinks | ~(gradient.error <= COARSE * gradient.magnitude.max())).sum())

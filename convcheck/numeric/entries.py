"""Every entry of one input's gradient, by the cheapest plan whose claims hold on the code under test."""

from collections.abc import Callable
from typing import NamedTuple

from convcheck.numeric.data import direction
from convcheck.numeric.gradient import Gradient, gradient
from convcheck.numeric.groups import count_groups
from convcheck.numeric.plan import Plan, plans
from convcheck.numeric.probing import Probing
from convcheck.numeric.slope import COARSE


class Entries(NamedTuple):
    """`scheme` is how slopes were found; `plan` says what of the claims held."""

    gradient: Gradient
    scheme: str
    plan: Plan


def every_entry_of(probing: Probing, full: bool, affordable: Callable[[int], bool]) -> Entries:
    """Try plan after plan until one is certified and finds no kinks; else give the first of those with the least open.

    `affordable(n)` answers whether n more evaluations may be spent on a plan after the first.
    """
    found: Entries | None = None
    for plan in plans(probing.claim, full):
        # Where the sum of the entries is right and kinks alone are in the way, groups are not.
        if found is not None and found.gradient.certified and plan.ties != found.plan.ties:
            continue
        count = count_groups(probing.claim.shape, plan.ties, probing.base.shape)
        trial = direction(probing.along.x, probing.steps, probing.exact, probing.rng)
        for scheme in probing.schemes(plan.kind, trial):
            if found is not None and not affordable(count * scheme.cost):
                continue
            result = gradient(scheme, probing.claim.shape, plan.ties, probing.dout, trial, probing.roundoff)
            if found is None or _open(result) < _open(found.gradient):
                found = Entries(result, scheme.name, plan)
                if result.certified and not result.kinks.any():
                    return found
    assert found is not None
    return found


def _open(found: Gradient) -> int:
    """How many entries this leaves undecided: those with a kink, or with an error that is no use."""
    if not found.certified:
        return found.kinks.size + 1
    return int((found.kinks | ~(found.error <= COARSE * found.magnitude.max())).sum())

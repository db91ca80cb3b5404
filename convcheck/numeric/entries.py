"""Every entry of one input's gradient, by the cheapest plan whose claims hold on the code under test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from convcheck.numeric.data import direction
from convcheck.numeric.gradient import Gradient, gradient
from convcheck.numeric.plan import SLOPE, plans
from convcheck.numeric.probing import Probing


@dataclass(frozen=True)
class Entries:
    """`scheme` is how slopes were found; `lost` says which claims did not hold."""

    gradient: Gradient
    scheme: str
    lost: tuple[str, ...]


def every_entry_of(probing: Probing, full: bool, affordable: Callable[[int], bool]) -> Entries:
    """Try plan after plan until one is certified; the last one tried is given with `gradient.certified` as it came out.

    `affordable(n)` answers whether n more evaluations may be spent on a plan after the first.
    """
    lost: list[str] = []
    found: Entries | None = None
    for plan in plans(probing.claim, full):
        if found is not None:
            if not affordable(probing.along.x.size * SLOPE[plan.kind]):
                break
            lost.append(plan.fallback)
        trial = direction(probing.along.x, probing.steps, probing.exact, probing.rng)
        schemes = list(probing.schemes(plan.kind, trial))
        # Locality is doubted before a scheme that was tried on this code: only the last plan goes through them all.
        for scheme in schemes if plan.last else schemes[:1]:
            result = gradient(scheme, probing.claim.shape, plan.ties, probing.dout, trial, probing.roundoff)
            found = Entries(result, scheme.name, tuple(lost))
            if result.certified:
                return found
    assert found is not None
    return found

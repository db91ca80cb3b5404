"""How an input is probed: the plans to try, from the cheapest that its claims allow to the one that assumes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from convcheck.layers.layer import Input
from convcheck.layers.locality import Tie
from convcheck.numeric.groups import count_groups, every_entry
from convcheck.numeric.ridders import LEVELS
from convcheck.spec.sizes import Shape

# Along the trial direction: one slope, or for the smooth kind three complex ones and one extrapolated.
TRIAL = {"linear": 1, "kinked": 2, "smooth": 3 + 2 * LEVELS[53]}
SLOPE = {"linear": 1, "kinked": 2, "smooth": 1}
DIRECTIONS = 4
# At data with ties: f(x), and both sides along one direction.
TIED = {"linear": 0, "kinked": 3, "smooth": 0}


@dataclass(frozen=True)
class Plan:
    """Ties to group by and the kind of dependence to assume; `fallback` says which claim was given up, "" if none.

    `last` is the plan that assumes nothing: no ties, and no more than smoothness.
    """

    kind: str
    ties: tuple[Tie, ...]
    fallback: str = ""
    last: bool = False


def plans(claim: Input, full: bool) -> Iterator[Plan]:
    """Plans for one input, cheapest first; `full` gives up locality from the start."""
    alone = every_entry(claim.shape)
    if not full and claim.ties != alone:
        yield Plan(claim.kind, claim.ties)
        shared = "entries reach outputs that the declared locality rules out: each probed by itself"
    else:
        shared = ""
    yield Plan(claim.kind, alone, shared, last=claim.kind == "smooth")
    if claim.kind != "smooth":
        bent = f"forward is not {claim.kind} in {claim.name}: each entry probed as a smooth function"
        yield Plan("smooth", alone, bent, last=True)


def planned(claim: Input, output: Shape, full: bool) -> int:
    """Forward evaluations for one input if its claims hold (and, for the smooth kind, the complex step does)."""
    first = next(plans(claim, full))
    return count_groups(claim.shape, first.ties, output) * SLOPE[first.kind] + TRIAL[first.kind] + TIED[first.kind]


def planned_directions(claim: Input) -> int:
    """Forward evaluations for one input along random directions only, if its claims hold."""
    trial = {"linear": 2, "kinked": 0, "smooth": TRIAL["smooth"] - SLOPE["smooth"]}
    return DIRECTIONS * SLOPE[claim.kind] + trial[claim.kind] + TIED[claim.kind]

"""How an input is probed: the plans to try, from the cheapest that its claims allow to the one that assumes nothing."""

from collections.abc import Iterator
from typing import NamedTuple

from convcheck.layers.layer import Input
from convcheck.layers.locality import Tie
from convcheck.numeric.groups import count_groups, every_entry
from convcheck.numeric.slope import LEVELS
from convcheck.spec.sizes import Shape

# Along the trial direction: one slope, or for the smooth kind three complex ones and one extrapolated.
TRIAL = {"linear": 1, "kinked": 2, "smooth": 3 + 2 * LEVELS[53]}
SLOPE = {"linear": 1, "kinked": 2, "smooth": 1}
DIRECTIONS = 4
NOT_LOCAL = "entries reach outputs that the declared locality rules out: each probed by itself"
NOT_OF_KIND = "forward is not {} in {}: probed as a smooth function"
# At data with ties: f(x), and both sides along one direction.
TIED = {"linear": 0, "kinked": 3, "smooth": 0}


class Plan(NamedTuple):
    """Ties to group by and the kind of dependence to assume. `given_up`: a sentence for each claim it goes without."""

    kind: str
    ties: tuple[Tie, ...]
    given_up: tuple[str, ...] = ()


def plans(claim: Input, full: bool) -> Iterator[Plan]:
    """Plans for one input, cheapest first; `full` gives up locality from the start."""
    alone = every_entry(claim.shape)
    groupings: list[tuple[tuple[Tie, ...], tuple[str, ...]]] = [(alone if full else claim.ties, ())]
    if groupings[0][0] != alone:
        groupings.append((alone, (NOT_LOCAL,)))
    yield from (Plan(claim.kind, ties, lost) for ties, lost in groupings)
    if claim.kind != "smooth":
        curved = NOT_OF_KIND.format(claim.kind, claim.name)
        yield from (Plan("smooth", ties, (*lost, curved)) for ties, lost in groupings)


def planned(claim: Input, output: Shape, full: bool) -> int:
    """Forward evaluations for one input if its claims hold (and, for the smooth kind, the complex step does)."""
    first = next(plans(claim, full))
    return count_groups(claim.shape, first.ties, output) * SLOPE[first.kind] + TRIAL[first.kind] + TIED[first.kind]


def planned_directions(claim: Input) -> int:
    """Forward evaluations for one input along random directions only, if its claims hold."""
    trial = {"linear": 2, "kinked": 0, "smooth": TRIAL["smooth"] - SLOPE["smooth"]}
    return DIRECTIONS * SLOPE[claim.kind] + trial[claim.kind] + TIED[claim.kind]

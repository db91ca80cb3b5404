"""How an input is probed: the plans to try, from the cheapest that its claims allow to the one that assumes nothing."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil, log2
from typing import NamedTuple

from convcheck.layers.layer import Input
from convcheck.layers.locality import Tie
from convcheck.numeric.groups import count_groups, no_locality
from convcheck.numeric.slope import FIRST_LEVELS
from convcheck.spec.sizes import Shape

# Evaluations in the trial direction: one slope, or for the smooth kind three complex ones and one extrapolated.
TRIAL = {"linear": 1, "kinked": 2, "smooth": 3 + 2 * FIRST_LEVELS[53]}
# Evaluations for one slope.
SLOPE = {"linear": 1, "kinked": 2, "smooth": 1}
# An entry that is off by this share of its terms passes random directions with this probability at most.
WISH = 1e-6
MISS = 1e-6
# How many directions that takes, as a rule, and how many there may be.
DIRECTIONS = 3
MOST_DIRECTIONS = 12
# An entry that is seen to within this share is left at that where the wish would take more than so many further ones:
# its terms vanish in the rounding of others, and each direction shows little more.
NEARLY = 5e-6
FURTHER_DIRECTIONS = 2
# Where so many do not show as much, what they show is enough for an entry that is seen to within this share.
ENOUGH = 1e-3
# Directions that move nothing but entries without terms.
ZERO_DIRECTIONS = 2
# Entries are looked at where that costs no more evaluations of forward, whether directions would do or not. Those of an
# input in which forward is linear, but rounds, show hardly more than directions do.
FEW, FEW_LINEAR = 64, 16
# How many directions in which entries that tie stay tied.
TIED_DIRECTIONS = 2
# A wrong gradient passes random projections with probability 2^-60 at most.
MISS_BITS = 60
NOT_LOCAL = "entries reach outputs that the declared locality rules out: each probed by itself"
NOT_OF_KIND = "forward is not {} in {}: probed as a smooth function"


class ProbePlan(NamedTuple):
    """The kind of dependence to assume and the ties to group by; `given_up` has a sentence for each claim given up."""

    kind: str
    ties: tuple[Tie, ...]
    given_up: tuple[str, ...] = ()


def probe_plans(claim: Input, full: bool) -> Iterator[ProbePlan]:
    """Plans for one input, cheapest first; `full` gives up locality from the start."""
    ungrouped = no_locality(claim.shape)
    groupings: list[tuple[tuple[Tie, ...], tuple[str, ...]]] = [(ungrouped if full else claim.ties, ())]
    if groupings[0][0] != ungrouped:
        groupings.append((ungrouped, (NOT_LOCAL,)))
    yield from (ProbePlan(claim.kind, ties, given_up) for ties, given_up in groupings)
    if claim.kind != "smooth":
        curved = NOT_OF_KIND.format(claim.kind, claim.name)
        yield from (ProbePlan("smooth", ties, (*given_up, curved)) for ties, given_up in groupings)


class DirectionCount(NamedTuple):
    """So many directions for projections, each entry of which has one of 2^`bits` values."""

    directions: int
    bits: int

    def evaluations(self, kind: str) -> int:
        """Of forward: a slope for each direction, and one more evaluation for their sum."""
        return self.directions * SLOPE[kind] + 1

    @property
    def miss_bits(self) -> int:
        """A wrong gradient passes with probability 2^-miss_bits at most."""
        return self.directions * self.bits


# One check asks several times.
@lru_cache
def directions_needed(room: int) -> DirectionCount | None:
    """The fewest directions that leave a miss of 2^-60; None where there is no room for them.

    `room`: the sum of all directions may have so many bits, and every sum of forward is exact. The sum of m of them
    takes ⌈log₂ m⌉.
    """
    for directions in range(2, MISS_BITS + 1):
        bits = room - ceil(log2(directions))
        if bits > 0 and directions * bits >= MISS_BITS:
            return DirectionCount(directions, bits)
    return None


def projections_planned(claim: Input, output: Shape, room: int) -> DirectionCount | None:
    """The directions that prove the gradient of this input; None where there are none, or groups cost no more."""
    needed = directions_needed(room) if claim.kind != "smooth" else None
    if needed is None or needed.evaluations(claim.kind) >= planned_probes(claim, output, full=False):
        return None
    return needed


def planned_probes(claim: Input, output: Shape, full: bool) -> int:
    """Forward evaluations for one input if its claims hold (and, for the smooth kind, the complex step does)."""
    ties = no_locality(claim.shape) if full else claim.ties
    return count_groups(claim.shape, ties, output) * SLOPE[claim.kind] + TRIAL[claim.kind]


def planned_gradients(
    claims: Sequence[Input],
    output: Shape,
    scheme: str,
    *,
    in_float64: bool,
    rooms: Sequence[int] | None = None,
) -> int:
    """Forward evaluations for all gradients at one point; `rooms` as `rooms_of` gives them.

    Where float32 is probed in float64 there is one more, and another one whose backward is held against directions.
    """
    if scheme != "auto":
        probes = sum(planned_probes(claim, output, scheme == "full") for claim in claims)
        return probes + (in_float64 and bool(claims))
    probes, along = 0, False
    for number, claim in enumerate(claims):
        if rooms is not None and (projected := projections_planned(claim, output, rooms[number])):
            probes += projected.evaluations(claim.kind)
        elif rooms is not None or are_few(count_groups(claim.shape, claim.ties, output) * SLOPE[claim.kind], claim):
            probes += planned_probes(claim, output, full=False)
        else:
            probes += planned_direction_probes(claim, DIRECTIONS)
            along = True
    return probes + (in_float64 and bool(claims)) + (in_float64 and along)


def are_few(evaluations: int, claim: Input, *, exact: bool = False) -> bool:
    """Whether entries of this input are looked at that cost so many evaluations."""
    return evaluations <= (FEW_LINEAR if claim.kind == "linear" and not exact else FEW)


def planned_direction_probes(claim: Input, directions: int) -> int:
    """Forward evaluations for one input in random directions only, if its claims hold."""
    trial = {"linear": 2, "kinked": 0, "smooth": TRIAL["smooth"] - SLOPE["smooth"]}
    return directions * SLOPE[claim.kind] + trial[claim.kind]

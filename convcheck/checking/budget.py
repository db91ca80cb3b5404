"""What one check may take, and the plan that fits: forward and backward are timed once, and the rest is counted."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from convcheck.checking.result import Finding
from convcheck.layers.layer import Input
from convcheck.numeric.plan import DIRECTIONS, planned_gradients
from convcheck.spec.sizes import Shape

# Of the contract beside the first calls: forward once more, then in another memory layout; backward of that second
# cache, of two more dout, and in another layout.
CONTRACT = (2, 4)
# What is tried before backward has been timed may follow calls of forward that took this share of the budget.
AMPLE = 1 / 8
# What is begun may take this many times the budget.
MOST = 1.25


class Plan(NamedTuple):
    """How a check is done: whether the whole contract is gone through, by which `scheme`, in how many directions."""

    whole_contract: bool
    scheme: str
    directions: int = DIRECTIONS


class Budget:
    """The budget of one check in seconds; None is no limit. `timed` says once what a call of each pass takes.

    Afterwards everything hangs on counts: `spent()` tells how often forward and backward have been called.
    """

    def __init__(self, seconds: float | None, spent: Callable[[], tuple[int, int]]) -> None:
        self._budget = seconds
        self._spent = spent
        self._seconds = (0.0, 0.0)

    def timed(self, forward: float, backward: float) -> None:
        """What one call of forward and one of backward took, in seconds."""
        self._seconds = forward, backward

    def affords(self, forwards: int, backwards: int = 0) -> bool:
        """Whether so many more calls fit into the budget."""
        return self._budget is None or self._cost(forwards, backwards) <= self._budget

    def is_ample_for(self, seconds: float) -> bool:
        """Whether what took so long is little of the budget: a call more of each pass may then be tried."""
        return self._budget is None or seconds <= AMPLE * self._budget

    def is_exceeded_by(self, forwards: int) -> bool:
        """Whether so many more calls of forward would take far more than there is. A budget of 0 is none."""
        return bool(self._budget) and self._cost(forwards, 0) > MOST * (self._budget or 0)

    def plan(
        self, claims: Sequence[Input], output: Shape, scheme: str, *, in_float64: bool
    ) -> tuple[Plan, list[Finding]]:
        """The first plan that fits, from all entries down to one direction; and a finding on what it leaves out.

        Nothing is left out where the user chose the `scheme`, or where there is no limit.
        """
        if scheme != "auto" or self._budget is None:
            return Plan(True, "entries" if scheme == "auto" else scheme), []
        plans = [Plan(True, "entries"), Plan(True, "directions")]
        plans += [Plan(False, "directions", count) for count in (DIRECTIONS, DIRECTIONS // 2, 1)]
        costs = [self._cost_of(plan, claims, output, in_float64) for plan in plans]
        fitting = [plan for plan, cost in zip(plans, costs, strict=True) if cost <= self._budget]
        # No budget at all asks for directions, and not for fewer of them.
        chosen = fitting[0] if fitting else plans[1] if self._budget == 0 else plans[-1]
        return chosen, [] if chosen is plans[0] else [_left_out(chosen, costs[0], self._budget)]

    def _cost_of(self, plan: Plan, claims: Sequence[Input], output: Shape, in_float64: bool) -> float:
        forwards = planned_gradients(claims, output, plan.scheme, in_float64=in_float64, directions=plan.directions)
        contract = CONTRACT if plan.whole_contract else (0, 0)
        return self._cost(forwards + contract[0], contract[1])

    def _cost(self, forwards: int, backwards: int) -> float:
        """What has been spent, and so many more calls."""
        counts = (spent + more for spent, more in zip(self._spent(), (forwards, backwards), strict=True))
        return sum(count * seconds for count, seconds in zip(counts, self._seconds, strict=True))


def _left_out(plan: Plan, cost: float, budget: float) -> Finding:
    left_out = "entries were not looked at one by one"
    if not plan.whole_contract:
        left_out += ", and neither pass was called again to see whether it repeats itself"
    return Finding(
        "not-every-entry",
        "warning",
        f"every entry would take about {cost:.3g} s, more than the budget of {budget:g} s: {left_out}",
        None,
        "give more time (--budget SECONDS; from Python, budget=), a smaller size, or the scheme entries",
    )

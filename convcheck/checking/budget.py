"""What one check may take: forward and backward are timed once, and the rest is counted."""

from collections.abc import Callable

from convcheck.checking.result import Finding

# Of the contract beside the first calls, at most: forward once more, then in another memory layout; backward of that
# second cache, of two more dout, and in another layout.
CONTRACT = (2, 4)
# What is tried before backward has been timed may follow calls of forward that took this share of the budget.
AMPLE = 1 / 8
# What is begun may take this many times the budget.
MOST = 1.25
# Evaluations of forward that one slope takes, at the most.
ONE_SLOPE = 20


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
        """Whether so many more calls fit into the budget. Without any, what one slope takes does."""
        if self._budget == 0:
            return forwards <= ONE_SLOPE
        return self._budget is None or self._cost(forwards, backwards) <= self._budget

    def is_ample_for(self, seconds: float) -> bool:
        """Whether what took so long is little of the budget: a call more of each pass may then be tried."""
        return self._budget is None or seconds <= AMPLE * self._budget

    def is_exceeded_by(self, forwards: int) -> bool:
        """Whether so many more calls of forward would take far more than there is. A budget of 0 is none."""
        return bool(self._budget) and self._cost(forwards, 0) > MOST * (self._budget or 0)

    def not_enough_for(self, forwards: int) -> list[Finding]:
        """A finding where so many calls of forward and the whole contract would take more than there is."""
        if self._budget is None:
            return []
        cost = self._cost(forwards + CONTRACT[0], CONTRACT[1])
        return [_over_budget(cost, self._budget)] if 0 < self._budget < cost else []

    def _cost(self, forwards: int, backwards: int) -> float:
        """What has been spent, and so many more calls."""
        spent_forwards, spent_backwards = self._spent()
        forward, backward = self._seconds
        return (spent_forwards + forwards) * forward + (spent_backwards + backwards) * backward


def _over_budget(cost: float, budget: float) -> Finding:
    return Finding(
        "over-budget",
        "warning",
        f"this check would take about {cost:.3g} s, more than the budget of {budget:g} s: neither pass was called "
        "again to see whether it repeats itself",
        None,
        "give more time (--budget SECONDS; from Python, budget=) or a smaller size",
    )

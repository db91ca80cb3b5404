"""How long checks take, from those that are done: whether workers are worth starting, and what goes to one at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

from convcheck.running.job import Job

# Seconds of work that are sent to a worker at once: sending costs milliseconds, and a batch that is lost is done again.
BATCH = 0.2
MOST = 64
# The first checks pay for imports that the others find done.
FEW = 3


class Pace:
    """Measures; knows nothing before the first check is done."""

    def __init__(self) -> None:
        self._done = 0
        self._seconds = 0.0
        self._volume = 0

    def add(self, job: Job, seconds: float) -> None:
        """One more is done."""
        self._done += 1
        self._seconds += seconds
        self._volume += volume(job)

    def worth_starting(self, remaining: int, workers: int, cost: float) -> bool:
        """Whether `workers` save more time on what remains than starting one of them takes (side by side)."""
        if not self._done or remaining < 2 or (self._done < FEW and self._seconds < cost):
            return False
        saved = remaining * self._seconds / self._done * (1 - 1 / min(workers, remaining))
        return saved > cost

    def batch(self, jobs: Sequence[Job], first: int, share: int) -> int:
        """How many of the jobs, from the one at `first` on, are sent at once: at most `share`, at least one.

        Code of somebody's own goes alone: its time, what it prints and what it does to its process are its own.
        """
        end, expected = first, 0.0
        while end < min(len(jobs), first + max(1, min(share, MOST))) and expected < BATCH:
            if end > first and jobs[end].source is not None:
                break
            expected += self._expected(jobs[end])
            end += 1
            if jobs[first].source is not None:
                break
        return end - first

    def _expected(self, job: Job) -> float:
        if not self._done:
            return BATCH
        # Larger ones take longer; smaller ones hardly less, since most of their time goes into calls.
        return self._seconds / self._done * max(1.0, volume(job) * self._done / max(1, self._volume))


def volume(job: Job) -> int:
    """Entries of all tensors."""
    return sum(math.prod(shape) for shape in job.check.sizes.shapes().values())

"""How long checks take, measured on those that are done: are workers worth starting, and how many jobs go at once?"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from convcheck.running.job import Job


class BatchLimits(NamedTuple):
    """How many jobs are sent to a worker at once.

    A batch is full when its jobs are expected to take `seconds` together. Until then it has a fair share of the jobs
    that are left, but at least `least` of them and at most `most`. If its worker is lost, the whole batch is run again,
    one job at a time. `own_code`: jobs with somebody's own code may be in a batch; otherwise each is sent by itself.
    """

    seconds: float
    most: int
    least: int = 1
    own_code: bool = False


# Sending a batch to a worker on this machine, and putting back all that its checks may have changed, takes up to ten
# milliseconds on a busy one; on a cluster a process is started for each.
LOCAL = BatchLimits(0.5, 64)
CLUSTER = BatchLimits(2.0, 256, least=16, own_code=True)
# The first checks also pay for imports, which the later ones find done: their times say little.
FIRST_CHECKS = 3


class Batching:
    """Measures how long checks take, and decides by that. Before the first check is done it knows nothing."""

    def __init__(self, limits: BatchLimits = LOCAL) -> None:
        self._limits = limits
        self._done = 0
        self._seconds = 0.0
        self._entries = 0

    def add(self, job: Job, seconds: float) -> None:
        """Take the time of one more job that is done."""
        self._done += 1
        self._seconds += seconds
        self._entries += _entries(job)

    def worth_starting(self, remaining: int, workers: int, cost: float) -> bool:
        """Whether `workers` save more seconds on the `remaining` jobs than the `cost` of starting one of them.

        They start side by side, so that starting all of them takes no longer than starting one.
        """
        if not self._done or remaining < 2 or (self._done < FIRST_CHECKS and self._seconds < cost):
            return False
        saved = remaining * self._seconds / self._done * (1 - 1 / min(workers, remaining))
        return saved > cost

    def size(self, jobs: Sequence[Job], first: int, share: int) -> int:
        """How many of the jobs, from the one at `first` on, are sent at once: `share` of them, within the limits.

        On this machine a job with somebody's own code is sent by itself: its time limit, what it prints and what it
        does to its process are its own.
        """
        if self._goes_alone(jobs[first]):
            return 1
        most = max(self._limits.least, min(share, self._limits.most))
        end, expected = first, 0.0
        while end < min(len(jobs), first + most) and expected < self._limits.seconds:
            if self._goes_alone(jobs[end]):
                break
            expected += self._expected(jobs[end])
            end += 1
        return end - first

    def _goes_alone(self, job: Job) -> bool:
        return job.source is not None and not self._limits.own_code

    def _expected(self, job: Job) -> float:
        """Seconds."""
        if not self._done:
            return self._limits.seconds
        # Larger ones take longer; smaller ones hardly less, since most of their time goes into calls.
        return self._seconds / self._done * max(1.0, _entries(job) * self._done / max(1, self._entries))


def _entries(job: Job) -> int:
    """Of all its tensors together."""
    return sum(math.prod(shape) for shape in job.check.sizes.shapes().values())

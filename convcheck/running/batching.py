"""How long checks take, from those that are done: whether workers are worth starting, and what goes to one at once."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from convcheck.running.job import Job


class Batch(NamedTuple):
    """What is sent at once: about so many seconds of work, at least and at most so many jobs while it is less.

    What is lost is done again. `mixed`: code of somebody's own need not go alone.
    """

    seconds: float
    most: int
    least: int = 1
    mixed: bool = False


# To a worker of ours, sending costs milliseconds; on a cluster, each batch has a process started for it.
BESIDE = Batch(0.2, 64)
ELSEWHERE = Batch(2.0, 256, least=16, mixed=True)
# The first checks pay for imports that the others find done.
FEW = 3


class Pace:
    """Measures; knows nothing before the first check is done."""

    def __init__(self, batch: Batch = BESIDE) -> None:
        self._batch = batch
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
        """How many of the jobs, from the one at `first` on, are sent at once: `share`, as far as a Batch allows it.

        Code of somebody's own goes alone: its time, what it prints and what it does to its process are its own.
        """
        if self._goes_alone(jobs[first]):
            return 1
        most = max(self._batch.least, min(share, self._batch.most))
        end, expected = first, 0.0
        while end < min(len(jobs), first + most) and expected < self._batch.seconds and not self._goes_alone(jobs[end]):
            expected += self._expected(jobs[end])
            end += 1
        return end - first

    def _goes_alone(self, job: Job) -> bool:
        return job.source is not None and not self._batch.mixed

    def _expected(self, job: Job) -> float:
        if not self._done:
            return self._batch.seconds
        # Larger ones take longer; smaller ones hardly less, since most of their time goes into calls.
        return self._seconds / self._done * max(1.0, volume(job) * self._done / max(1, self._volume))


def volume(job: Job) -> int:
    """Entries of all tensors."""
    return sum(math.prod(shape) for shape in job.check.sizes.shapes().values())

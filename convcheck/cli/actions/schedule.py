"""The jobs of a run, one after the other in this process, until it is known that several workers are worth starting."""

import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from convcheck.checking.settings import Settings
from convcheck.cli.actions.workers import Workers
from convcheck.running.batching import CLUSTER, Batching
from convcheck.running.in_process import run_in_process
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job, JobResult
from convcheck.spec.check import Check

# A container's share of the machine's time: "200000 100000" is two processors, "max 100000" all of them.
SHARE = Path("/sys/fs/cgroup/cpu.max")


class Team(NamedTuple):
    """How many workers there may be, and the seconds that starting one takes.

    `elsewhere`: on a cluster, which has the jobs from the first on.
    """

    size: int = 1
    cost: float = 0.0
    elsewhere: bool = False


ALONE = Team()


def start_up() -> float:
    """Seconds of work until this process could begin, which a worker has to do once more."""
    return time.process_time()


def team_of(size: float | None, cost: float) -> Team:
    """What -j says; 0 stands for as many as there are processors."""
    return Team(1 if size is None else int(size) or processors(), cost)


def processors() -> int:
    """Those that this process may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = SHARE.read_text("ascii").split()
        count = min(count, max(1, int(quota) // int(period)))
    return count


def follow(
    jobs: Sequence[Job],
    settings: Settings,
    workers: Workers,
    interrupts: Interrupts,
    announce: Callable[[Check], None],
    team: Team = ALONE,
) -> Generator[JobResult, None, None]:
    """What became of each job. Raises KeyboardInterrupt in the middle of one, CheckFault, and ClusterTrouble."""
    if team.elsewhere:
        yield from workers.crew(team.size, jobs, settings, Batching(CLUSTER), interrupts, announce)
        return
    batching = Batching()
    for number, job in enumerate(jobs):
        if team.size > 1 and workers.isolated and batching.worth_starting(len(jobs) - number, team.size, team.cost):
            yield from workers.crew(team.size, jobs[number:], settings, batching, interrupts, announce)
            return
        ran = _alone(job, settings, workers, interrupts, announce)
        batching.add(job, ran.result.seconds)
        yield ran


def _alone(
    job: Job, settings: Settings, workers: Workers, interrupts: Interrupts, announce: Callable[[Check], None]
) -> JobResult:
    if job.source is None or job.found is None:
        (result,) = run_in_process([job.check], settings, interrupts, announce=announce)
        return JobResult(result, "")
    announce(job.check)
    with interrupts.allowed():
        return workers.run(job.check, job.source, job.found, settings)

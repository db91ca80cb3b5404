"""Where the jobs of a run are done: in this process, by several workers beside it, or on a Dask cluster."""

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from convcheck.checking.settings import Settings
from convcheck.cli.actions.workers import Workers
from convcheck.cli.options.run import AUTO
from convcheck.cli.streams import say
from convcheck.reports.wording.figures import shown
from convcheck.running.batching import CLUSTER, Batching
from convcheck.running.in_process import run_in_process
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job, JobResult
from convcheck.spec.check import Check

if TYPE_CHECKING:
    from convcheck.running.cluster.connection import Cluster

# A container's share of the machine's time: "200000 100000" is two processors, "max 100000" all of them.
CPU_SHARE = Path("/sys/fs/cgroup/cpu.max")
# More that wait for one task each would be no faster, and a cluster that grows finds work at once.
MOST_CLUSTER_WORKERS = 256


class ClusterLost(Exception):
    """The cluster cannot be used any more. The text says what was expected and what to do."""


class Concurrency(NamedTuple):
    """How many workers there may be, and the seconds that starting one takes.

    `on_cluster`: they are not on this machine, and do all jobs from the first on.
    """

    workers: int = 1
    start_cost: float = 0.0
    on_cluster: bool = False


ONE_PROCESS = Concurrency()


def start_cost() -> float:
    """Seconds of work that starting a worker takes: as many as this process has needed until now."""
    return time.process_time()


def local_concurrency(jobs: float | str | None, cost: float) -> Concurrency:
    """The workers for -j on this machine; `auto` stands for as many as there are processors."""
    return Concurrency(processors() if jobs == AUTO else int(jobs or 1), cost)


def processors() -> int:
    """How many processors this process may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = CPU_SHARE.read_text("ascii").split()
        count = min(count, max(1, int(quota) // int(period)))
    return count


@contextmanager
def cluster_at(context: click.Context, address: str | None) -> Iterator["Cluster | None"]:
    """The connection to a cluster, for as long as a run lasts; None where no address is given.

    Raises click.UsageError where no scheduler answers there, and beside --no-isolation.
    """
    if address is None:
        yield None
        return
    if context.params["no_isolation"]:
        raise click.UsageError("--no-isolation runs code in this process: leave --cluster out", context)
    # Dask takes longer to import than most runs last.
    from convcheck.running.cluster.connection import Cluster, ClusterError

    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(Cluster(address))
        except ClusterError as error:
            raise click.BadParameter(str(error), context, param_hint="'--cluster'") from error
        yield cluster


def cluster_concurrency(cluster: "Cluster", jobs: float | str | None) -> Concurrency:
    """The workers for -j on a cluster; None and `auto` stand for as many as its threads can keep busy."""
    threads = cluster.threads()
    if not threads:
        say(f"convcheck: the cluster at {shown(cluster.address)} has no worker yet: waiting for one")
    most = min(MOST_CLUSTER_WORKERS, 2 * max(1, threads))
    workers = most if jobs in (None, AUTO) else int(jobs)
    return Concurrency(workers, on_cluster=True)


def run_jobs(
    jobs: Sequence[Job],
    settings: Settings,
    workers: Workers,
    interrupts: Interrupts,
    announce: Callable[[Check], None],
    concurrency: Concurrency = ONE_PROCESS,
) -> Generator[JobResult, None, None]:
    """The outcome of each job, in their order. `announce` is called with each check before it starts.

    Several workers are started on this machine once the first jobs have shown that they save time. Raises
    KeyboardInterrupt in the middle of a job, and ClusterLost.
    """
    if concurrency.on_cluster:
        with _cluster_errors():
            yield from workers.run_parallel(
                concurrency.workers, jobs, settings, Batching(CLUSTER), interrupts, announce
            )
        return
    batching = Batching()
    for number, job in enumerate(jobs):
        if (
            concurrency.workers > 1
            and workers.isolated
            and batching.worth_starting(len(jobs) - number, concurrency.workers, concurrency.start_cost)
        ):
            yield from workers.run_parallel(
                concurrency.workers, jobs[number:], settings, batching, interrupts, announce
            )
            return
        outcome = run_job(job, settings, workers, interrupts, announce)
        batching.add(job, outcome.result.seconds)
        yield outcome


def run_job(
    job: Job,
    settings: Settings,
    workers: Workers,
    interrupts: Interrupts,
    announce: Callable[[Check], None] = lambda check: None,
) -> JobResult:
    """One job: what is built in runs in this process, code of somebody's own in the one worker that there is for it."""
    if job.source is None or job.found is None:
        (outcome,) = run_in_process([job.check], settings, interrupts, announce=announce)
        return outcome
    announce(job.check)
    with interrupts.allowed():
        return workers.run(job.check, job.source, job.found, settings)


@contextmanager
def _cluster_errors() -> Iterator[None]:
    from convcheck.running.cluster.connection import ClusterError

    try:
        yield
    except ClusterError as error:
        raise ClusterLost(str(error)) from error

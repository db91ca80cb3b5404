"""What runs code of somebody's own: a worker process, or this one; started when there is such code, and not before."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from types import TracebackType
from typing import TYPE_CHECKING, Any

from convcheck.checking.settings import Settings
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.job import TIMEOUT, Job, JobResult
from convcheck.running.time_outs import TimeOuts
from convcheck.spec.check import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcheck.running.batching import Batching
    from convcheck.running.cluster.connection import Cluster
    from convcheck.running.interrupts import Interrupts
    from convcheck.running.pool import Worker


class Workers:
    """To be entered; on leaving, no process is left. `timeout` is in seconds, for one check or one import.

    `cap_budget`: what is slow is checked along random directions while there is time for that, and not stopped.
    `cluster`: where parallel workers are, in place of this machine; opened and closed by the caller. `adopt`: this
    process is convcheck's own, and may adopt and end what code under test leaves behind when it crashes.
    """

    def __init__(
        self,
        *,
        isolated: bool = True,
        timeout: float = TIMEOUT,
        cap_budget: bool = True,
        cluster: Cluster | None = None,
        adopt: bool = False,
    ) -> None:
        self._adopt = adopt
        self._isolated = isolated
        self._timeout = timeout
        # Half of the time for the probes leaves the other half for all else that a check does.
        self._most_budget = timeout / 2 if isolated and cap_budget else None
        self._cluster = cluster
        self._stack = ExitStack()
        self._worker: Any = None
        self._time_outs = TimeOuts()
        # How many jobs were run so far.
        self._position = 0
        self._surveys: dict[tuple[Source, tuple[str, ...]], Survey] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def isolated(self) -> bool:
        """Whether code of somebody's own runs in processes of its own."""
        return self._isolated

    def survey(self, source: Source, layers: tuple[str, ...] = ()) -> Survey:
        """What there is in the source for these layers, or for all; asked twice, it is imported once."""
        question = source, layers
        if question not in self._surveys:
            self._surveys[question] = self._started().survey(source, layers)
        return self._surveys[question]

    def run(self, check: Check, source: Source, found: Found, settings: Settings) -> JobResult:
        """Check one implementation of the source, if it is not given up. The Result names it as --impl would."""
        job = Job(check, source, found)
        self._position += 1
        if given_up := self._time_outs.given_up(self._position, job):
            return _with_name(given_up, source, found)
        ran: JobResult = self._started().run(check, source, found, self._capped(settings))
        self._time_outs.add(self._position, job, ran)
        return _with_name(ran, source, found)

    def run_parallel(
        self,
        count: int,
        jobs: Sequence[Job],
        settings: Settings,
        batching: Batching,
        interrupts: Interrupts,
        announce: Callable[[Check], None],
    ) -> Iterator[JobResult]:
        """The outcomes of the jobs, in their order, with `count` workers. Raises KeyboardInterrupt."""
        # It takes a while to import, and most runs are short.
        from convcheck.running.pool import Pool

        members = self._members(min(count, len(jobs)), jobs, settings)
        with closing(Pool(members, batching, self._time_outs, self._position + 1)) as pool:
            outcomes = pool.run(jobs, interrupts, lambda job: announce(job.check))
            for job, ran in zip(jobs, outcomes, strict=True):
                yield ran if job.source is None or job.found is None else _with_name(ran, job.source, job.found)

    def _members(self, count: int, jobs: Sequence[Job], settings: Settings) -> Sequence[Worker]:
        capped = self._capped(settings)
        if self._cluster is None:
            self._adopt_orphans()
            from convcheck.running.worker.local import LocalWorker

            return [LocalWorker(settings, capped, self._timeout) for _ in range(count)]
        from convcheck.running.cluster.compatibility import remote_settings, versions
        from convcheck.running.cluster.dask_worker import DaskWorker

        self._cluster.resume()
        remote = remote_settings(jobs, settings, capped, self._timeout)
        return [DaskWorker(self._cluster, versions(), remote) for _ in range(count)]

    def _capped(self, settings: Settings) -> Settings:
        """The settings for code of somebody's own, whose time is limited."""
        if self._most_budget is None:
            return settings
        return settings._replace(budget=min(settings.budget, self._most_budget))

    def _adopt_orphans(self) -> None:
        if self._adopt and self._isolated:
            from convcheck.running.worker.leftovers import adopt_orphans

            adopt_orphans()

    def _started(self) -> Any:
        if self._worker is None:
            self._adopt_orphans()
            worker = _isolated_worker(self._timeout) if self._isolated else _worker_in_process()
            self._worker = self._stack.enter_context(worker)
        return self._worker


def _with_name(ran: JobResult, source: Source, found: Found) -> JobResult:
    file, line = (os.path.normpath(source.place), found.line) if source.is_file else (None, None)
    named = ran.result._replace(implementation=source.text(found.names), code_file=file, code_line=line)
    return ran._replace(result=named)


# Each is imported when it is wanted: nothing that is built in has any use for Pebble.
def _isolated_worker(timeout: float) -> Any:
    from convcheck.running.worker.isolation import Isolation

    return Isolation(timeout=timeout)


def _worker_in_process() -> Any:
    from convcheck.running.no_isolation import NoIsolation

    return NoIsolation()

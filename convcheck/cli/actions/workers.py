"""What runs code of somebody's own: a worker process, or this one; started when there is such code, and not before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from types import TracebackType
from typing import TYPE_CHECKING, Any

from convcheck.checking.settings import Settings
from convcheck.implementations.source import Found, Source, Survey
from convcheck.spec.check import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcheck.running.batching import Pace
    from convcheck.running.cluster.connection import Cluster
    from convcheck.running.interrupts import Interrupts
    from convcheck.running.job import Job, Ran
    from convcheck.running.pool import Hand


# Seconds.
TIMEOUT = 60.0


class Workers:
    """To be entered; on leaving, no process is left. `timeout` is in seconds, for one check or one import.

    `thrifty`: what is slow shall be checked along random directions while there is time for that, and not be stopped.
    `cluster`: where the crew is, in place of this machine; entered, and left, by whoever has made it.
    """

    def __init__(
        self,
        *,
        isolated: bool = True,
        timeout: float = TIMEOUT,
        thrifty: bool = True,
        cluster: Cluster | None = None,
    ) -> None:
        self._isolated = isolated
        self._timeout = timeout
        # Half of the time for the probes leaves the other half for all else that a check does.
        self._budget = timeout / 2 if isolated and thrifty else None
        self._cluster = cluster
        self._stack = ExitStack()
        self._started: Any = None
        self._surveys: dict[tuple[Source, tuple[str, ...]], Survey] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def isolated(self) -> bool:
        """Whether there may be processes."""
        return self._isolated

    def survey(self, source: Source, layers: tuple[str, ...] = ()) -> Survey:
        """What is in the source; it is imported once for the same question."""
        known = source, layers
        if known not in self._surveys:
            self._surveys[known] = self._worker().survey(source, layers)
        return self._surveys[known]

    def run(self, check: Check, source: Source, found: Found, settings: Settings) -> Ran:
        """Check what was found. The Result says which code it is of as --impl would name it."""
        ran: Ran = self._worker().run(check, source, found, self._own(settings))
        return _named(ran, source, found)

    def crew(
        self,
        count: int,
        jobs: Sequence[Job],
        settings: Settings,
        pace: Pace,
        interrupts: Interrupts,
        announce: Callable[[Check], None],
    ) -> Iterator[Ran]:
        """What becomes of the jobs, in their order, with `count` workers. Raises KeyboardInterrupt, and CheckFault."""
        # It takes a while to import, and most runs are short.
        from convcheck.running.pool import Crew

        members = self._members(min(count, len(jobs)), jobs, settings)
        with closing(Crew(members, pace)) as crew:
            outcomes = crew.run(jobs, interrupts, lambda job: announce(job.check))
            for job, ran in zip(jobs, outcomes, strict=True):
                yield ran if job.source is None or job.found is None else _named(ran, job.source, job.found)

    def _members(self, count: int, jobs: Sequence[Job], settings: Settings) -> Sequence[Hand]:
        own = self._own(settings)
        if self._cluster is None:
            from convcheck.running.worker.local import Member

            return [Member(settings, own, self._timeout) for _ in range(count)]
        from convcheck.running.cluster.compatibility import terms_of, versions
        from convcheck.running.cluster.dask_worker import Remote

        terms = terms_of(jobs, settings, own, self._timeout)
        return [Remote(self._cluster, versions(), terms) for _ in range(count)]

    def _own(self, settings: Settings) -> Settings:
        return settings if self._budget is None else settings._replace(budget=min(settings.budget, self._budget))

    def _worker(self) -> Any:
        if self._started is None:
            self._started = self._stack.enter_context(_isolation(self._timeout) if self._isolated else _none())
        return self._started


def _named(ran: Ran, source: Source, found: Found) -> Ran:
    return ran._replace(result=ran.result._replace(implementation=source.text(found.names)))


# Each is imported when it is wanted: nothing that is built in has any use for Pebble.
def _isolation(timeout: float) -> Any:
    from convcheck.running.worker.isolated import Isolation

    return Isolation(timeout=timeout)


def _none() -> Any:
    from convcheck.running.no_isolation import NoIsolation

    return NoIsolation()

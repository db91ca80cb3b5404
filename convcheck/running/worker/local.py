"""A worker on this machine: runs what is built in and code of somebody's own, each kind in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence

from convcheck.checking.settings import Settings
from convcheck.implementations.source import Source, Survey
from convcheck.running.batch import run_batch
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Fault, Reply
from convcheck.running.results import faulty, unfinished_built_in
from convcheck.running.worker.handle import LOST, WorkerHandle, WorkerLost
from convcheck.running.worker.isolation import Isolation
from convcheck.spec.check import Check


class LocalWorker:
    """A Worker of a Pool. `own_settings` are for code of somebody's own, and so is `timeout`, in seconds."""

    def __init__(self, settings: Settings, own_settings: Settings, timeout: float) -> None:
        self._settings = settings
        self._own_settings = own_settings
        self._isolation = Isolation(timeout)
        # What is built in may take its time, and all the memory there is, as it may in convcheck's own process.
        self._built_in = WorkerHandle(None, None, own_code=False)

    def run(self, jobs: Sequence[Job]) -> list[JobResult]:
        """What came of each job."""
        if jobs[0].source is not None and jobs[0].found is not None:
            return [self._isolation.run(jobs[0].check, jobs[0].source, jobs[0].found, self._own_settings)]
        return self._run_built_in([job.check for job in jobs])

    def survey(self, source: Source) -> Survey:
        """As `Isolation.survey`, of all layers. Raises WorkerFault."""
        return self._isolation.survey(source)

    def abort(self) -> None:
        """End what is being run. Nothing can be run any more."""
        self._isolation.abort()
        self._built_in.abort()

    def stop(self) -> None:
        """To be called last, by the thread that ran the jobs."""
        self._isolation.stop()
        self._built_in.stop()

    def _run_built_in(self, checks: Sequence[Check]) -> list[JobResult]:
        began = time.perf_counter()
        try:
            reply = self._built_in.call(run_batch, (tuple(checks), self._settings), __file__).reply
        except WorkerLost:
            reply = Reply(error=Fault(LOST, ""))
        if reply.error is None:
            return [
                _faulty(check, done) if isinstance(done, Fault) else JobResult(done, "")
                for check, done in zip(checks, reply.value, strict=True)
            ]
        if len(checks) > 1:
            # Which of them ended the process shows when each is run by itself; the others then come to no harm.
            return [outcome for check in checks for outcome in self._run_built_in([check])]
        if isinstance(reply.error, Fault):
            return [_faulty(checks[0], reply.error)]
        return [JobResult(unfinished_built_in(checks[0], reply.error, time.perf_counter() - began), "")]


def _faulty(check: Check, fault: Fault) -> JobResult:
    return faulty(check, str(check.manner.implementation), fault)

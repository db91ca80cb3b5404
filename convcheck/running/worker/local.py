"""One of several workers: runs what is built in and code of somebody's own, each in a process for it alone."""

from __future__ import annotations

import time
from collections.abc import Sequence

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.batch import run_batch
from convcheck.running.in_process import CheckFault
from convcheck.running.job import Job, Ran
from convcheck.running.message import Fault, Mishap, Reply
from convcheck.running.results import WorkerFault, unfinished
from convcheck.running.worker.handle import Lane, WorkerLost
from convcheck.running.worker.isolated import Isolation
from convcheck.spec.check import Check

ALONE = "-j 1 runs it in convcheck's own process, where a debugger reaches it"

Outcome = Ran | CheckFault


class Member:
    """For one thread; `abort` may be called from another. `own`: the settings for code of somebody's own."""

    def __init__(self, settings: Settings, own: Settings, timeout: float) -> None:
        self._settings = settings
        self._own = own
        self._isolation = Isolation(timeout)
        # What is built in may take its time, and all the memory there is, as it may in convcheck's own process.
        self._lane = Lane(None, None)

    def run(self, jobs: Sequence[Job]) -> list[Outcome]:
        """What became of each; of those after a fault, nothing."""
        if jobs[0].source is not None and jobs[0].found is not None:
            return [self._run_own(jobs[0].check, jobs[0].source, jobs[0].found)]
        return self._run_built_in([job.check for job in jobs])

    def survey(self, source: Source) -> Survey:
        """As `Isolation.survey`, of all layers."""
        return self._isolation.survey(source)

    def abort(self) -> None:
        """End what is being run. Nothing can be run any more."""
        self._isolation.abort()
        self._lane.abort()

    def stop(self) -> None:
        """To be called last, by the thread that ran the jobs."""
        self._isolation.stop()
        self._lane.stop()

    def _run_own(self, check: Check, source: Source, found: Found) -> Outcome:
        try:
            return self._isolation.run(check, source, found, self._own)
        except CheckFault as error:
            return error

    def _run_built_in(self, checks: Sequence[Check]) -> list[Outcome]:
        began = time.perf_counter()
        try:
            reply = self._lane.call(run_batch, (tuple(checks), self._settings), __file__).reply
        except WorkerLost:
            reply = Reply(trouble=Fault("a worker process could not be started, twice", ""))
        if reply.trouble is None:
            return [
                at_fault(check, done) if isinstance(done, Fault) else Ran(done, "")
                for check, done in zip(checks, reply.value, strict=False)
            ]
        if len(checks) > 1:
            # Which of them it was shows when each is run by itself; the others are none the worse for it.
            return [outcome for check in checks for outcome in self._run_built_in([check])]
        if isinstance(reply.trouble, Fault):
            return [at_fault(checks[0], reply.trouble)]
        return [Ran(lost(checks[0], reply.trouble, time.perf_counter() - began), "")]


def at_fault(check: Check, fault: Fault) -> CheckFault:
    """A fault that came back from a worker, as if it had been met here."""
    error = CheckFault(check)
    error.__cause__ = WorkerFault(fault.text, fault.trace)
    return error


def lost(check: Check, mishap: Mishap, seconds: float) -> Result:
    """The Result of a built-in check whose process has ended."""
    said = mishap.message.replace("the code under test", "the check")
    return unfinished(check, str(check.manner.implementation), mishap._replace(message=said, hint=ALONE), seconds)

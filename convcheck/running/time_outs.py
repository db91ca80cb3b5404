"""Code that does not come to an end, given up in time: after two time-outs its other checks are not run.

An endless loop would otherwise cost a time limit for every check of a suite.
"""

from __future__ import annotations

from convcheck.implementations.source import Found, Source
from convcheck.running.job import Job, JobResult
from convcheck.running.message import Failure
from convcheck.running.results import unfinished_result

# One may be by chance, on a busy machine; a third tells nobody anything new.
ENOUGH = 2


class TimeOuts:
    """The time-outs of a run, by implementation. `position` counts the jobs of the run, in their order.

    What is given up hangs on that order, and not on which job was done first: several workers report the same as one.
    May be used from several threads.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[Source | None, Found | None], dict[int, str]] = {}

    def add(self, position: int, job: Job, outcome: JobResult) -> None:
        """Take what came of a job, if that is a time-out."""
        if any(one.code == "timed-out" for one in outcome.result.findings):
            self._ids.setdefault((job.source, job.found), {})[position] = job.check.id

    def given_up(self, position: int, job: Job) -> JobResult | None:
        """What is said of a job in the place of running it; None where it is to be run."""
        timed_out = dict(self._ids.get((job.source, job.found), ()))
        before = [timed_out[number] for number in sorted(timed_out) if number < position][:ENOUGH]
        if job.source is None or job.found is None or len(before) < ENOUGH:
            return None
        failure = Failure(
            "given-up",
            f"not run: {' and '.join(before)} had not finished in time, and run the same code",
            "mend those two first, or give each longer with --timeout SECONDS",
        )
        return JobResult(unfinished_result(job.check, job.source.text(job.found.names), failure, 0.0), "")

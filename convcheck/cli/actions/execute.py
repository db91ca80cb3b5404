"""Running the planned jobs: each result is reported as it is there, until the end or until something stops the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.actions.progress import ProgressBar
from convcheck.cli.actions.schedule import ONE_PROCESS, ClusterLost, Concurrency, run_jobs
from convcheck.cli.actions.workers import Workers
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.streams import say
from convcheck.diagnosis.conclusion import Conclusion, at_line
from convcheck.implementations.source import NotChecked
from convcheck.reports.report import Invalid, Report, RunEnd, Tally
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.words import counts_text
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job
from convcheck.running.message import Fault
from convcheck.spec.check import Check
from convcheck.spec.showing import count

# Checks that pass, beyond which no more are kept for the conclusions.
MOST_KEPT = 5000


class Execution:
    """The jobs of one run, what has come of them, and what the exit code is.

    `errors` is what could not be used, and `invalid` whether that decides the exit code; `left_out` counts checks that
    were asked for and have no implementation. `interrupted`: before the first job. `not_checked`: what the code under
    test holds beside.
    """

    def __init__(
        self,
        jobs: list[Job],
        report: Report,
        *,
        errors: tuple[Invalid, ...] = (),
        invalid: bool = False,
        left_out: int = 0,
        interrupted: bool = False,
        not_checked: tuple[NotChecked, ...] = (),
    ) -> None:
        self.jobs = jobs
        self.report = report
        self.errors = errors
        self.invalid = invalid
        self.left_out = left_out
        self.interrupted = interrupted
        self.not_checked = not_checked
        # The ids of checks. One that passes with one implementation and fails with another is in both.
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self._finished = 0
        self._tally = Tally()
        # Those of convcheck itself, with the ids of the checks that they have cost.
        self._faults: list[tuple[str, Fault]] = []
        # What conclusions are drawn from: each result, and the job that gave it.
        self._results: list[tuple[Result, Job]] = []
        self._conclusions: tuple[Conclusion, ...] = ()

    def run(
        self,
        settings: Settings,
        workers: Workers,
        interrupts: Interrupts,
        progress: ProgressBar,
        *,
        concurrency: Concurrency = ONE_PROCESS,
        failure_limit: int | None = None,
        verbose: bool = False,
        debug: bool = False,
    ) -> None:
        """Run the jobs and report each as it finishes. What stops the run is said, and is in the ending.

        `failure_limit`: stop after so many checks that do not pass. `verbose`: show what code under test prints.
        `debug`: show the traceback of a fault in convcheck itself. Raises CannotWrite and BrokenPipeError where no
        report can be written any more.
        """
        try:
            with (
                progress,
                closing(
                    run_jobs(
                        self.jobs, settings, workers, interrupts, lambda check: progress.start(check.id), concurrency
                    )
                ) as outcomes,
            ):
                for job, outcome in zip(self.jobs, outcomes, strict=False):
                    self._keep(outcome.result, job)
                    with progress.hidden():
                        if verbose:
                            from convcheck.cli.actions.messages import say_printed

                            say_printed(outcome)
                        self.report.add(outcome.result)
                    if outcome.fault is not None:
                        self._faults.append((outcome.result.id, outcome.fault))
                    progress.finish(passed=outcome.result.status in ("pass", "skipped"))
                    self._count(outcome.result)
                    if failure_limit is not None and self._not_passed >= failure_limit:
                        break
        except KeyboardInterrupt:
            self.interrupted = True
        except ClusterLost as error:
            self.invalid = True
            self.errors = (*self.errors, Invalid(str(error)))
            say(f"convcheck: {shown(error)}")
        if self.interrupted:
            after = f" after {self._finished:,} of {count(len(self.jobs), 'check')}" if self.jobs else ""
            say(f"convcheck: interrupted{after}")
        elif self._finished and self._checked == 0:
            say("convcheck: every check was skipped: nothing was checked")
        if self._faults:
            _say_faults(self._faults, debug)
        for implementation, layer in self._tally.declined:
            say(
                f"convcheck: {shown(implementation)} declined every {layer} that it was asked for, sizes that tile "
                "as well: nothing of it was checked, which is no pass"
            )

    def conclude(
        self,
        repeat: Callable[[Result, Check | None], str],
        settings: Settings,
        workers: Workers,
        interrupts: Interrupts,
        *,
        concurrency: Concurrency = ONE_PROCESS,
    ) -> None:
        """Draw the conclusions, where something failed; a few checks more may be run for that, which are not reported.

        `repeat` gives the command that runs a check again, of one that was made here by its sizes.
        """
        if not self.failed or self.interrupted:
            return
        from convcheck.cli.actions.gather import STDIN_NAME
        from convcheck.diagnosis.conclude import conclude
        from convcheck.running.check_at import check_at

        made: list[tuple[Result, Check]] = []
        jobs = {(result.implementation, result.layer): job for result, job in self._results}

        def another(result: Result, sizes: Mapping[str, Any]) -> Result | None:
            job = jobs[result.implementation, result.layer]
            check = check_at(job.check, sizes, STDIN_NAME, own_code=job.source is not None)
            # As the command that repeats it has it.
            alone, one_worker = settings._replace(suite=False), concurrency._replace(workers=1)
            jobs_of_one = run_jobs(
                [job._replace(check=check)], alone, workers, interrupts, lambda check: None, one_worker
            )
            try:
                with closing(jobs_of_one) as outcomes:
                    made.extend((outcome.result, check) for outcome in outcomes)
            except ClusterLost:
                return None
            return made[-1][0]

        def repeat_any(result: Result) -> str:
            checks = [check for one, check in made if one is result]
            return repeat(result, checks[0] if checks else None)

        try:
            results = [result for result, _ in self._results]
            conclusions = conclude(results, repeat_any, another)
            found = [jobs[one.implementation, one.layer].found for one in conclusions]
            self._conclusions = tuple(
                at_line(one, of.backward_line if of else 0) for one, of in zip(conclusions, found, strict=True)
            )
        except KeyboardInterrupt:
            self.interrupted = True

    def ending(self, seconds: float) -> RunEnd:
        """What a report ends with. `seconds`: how long the whole run took."""
        return RunEnd(
            self.errors,
            self._not_run,
            self.interrupted,
            seconds,
            bool(self._faults),
            self.not_checked,
            self._conclusions,
        )

    def counts_text(self) -> str:
        """How many checks there were of each status, in one line."""
        return counts_text(self._tally.counts(self._not_run))

    def exit_code(self) -> Exit:
        """The exit code of the whole run."""
        return exit_code(
            all_passed=self._tally.by_status["pass"] == self._checked,
            checks=len(self.jobs) - self._tally.by_status["skipped"],
            invalid=self.invalid,
            interrupted=self.interrupted,
            fault=bool(self._faults),
            declined=bool(self._tally.declined),
        )

    def _keep(self, result: Result, job: Job) -> None:
        """Keep of a result what conclusions need: of those that pass, so many as tell what fails apart."""
        if result.status in ("fail", "error") or len(self._results) < MOST_KEPT:
            tensors = tuple(tensor._replace(listed=(), criterion="", scheme="", map=None) for tensor in result.tensors)
            self._results.append((result._replace(tensors=tensors), job))

    def _count(self, result: Result) -> None:
        self._finished += 1
        self._tally.add(result)
        if result.status != "skipped":
            (self.passed if result.status == "pass" else self.failed).add(result.id)

    @property
    def _checked(self) -> int:
        return self._finished - self._tally.by_status["skipped"]

    @property
    def _not_passed(self) -> int:
        return self._checked - self._tally.by_status["pass"]

    @property
    def _not_run(self) -> int:
        return len(self.jobs) - self._finished + self.left_out


def _say_faults(faults: list[tuple[str, Fault]], debug: bool) -> None:
    """One line for all of them, with the first; in full each of them."""
    if debug:
        for _, fault in faults:
            say(fault.trace or fault.text)
    check, first = faults[0]
    others = f" and {count(len(faults) - 1, 'other check')}" if len(faults) > 1 else ""
    hint = "" if debug else " (--debug shows where)"
    say(f"convcheck: a fault in convcheck itself, in {shown(check)}{others}: {shown(first.text)}{hint}")

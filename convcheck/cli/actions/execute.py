"""How a run goes: the jobs one after the other, each reported as it finishes, and what stopped it."""

from __future__ import annotations

from contextlib import closing

from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.actions.last_failed import remember
from convcheck.cli.actions.messages import say_printed
from convcheck.cli.actions.progress import Bar
from convcheck.cli.actions.schedule import ALONE, Team, follow
from convcheck.cli.actions.workers import Workers
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.process import described
from convcheck.cli.streams import say, writing
from convcheck.reports.report import Ending, Invalid, Report, Tally
from convcheck.reports.wording.figures import count, shown
from convcheck.reports.wording.words import counts_text
from convcheck.running.cluster.connection import ClusterTrouble
from convcheck.running.in_process import CheckFault
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import Job


class Course:
    """One run. `left_out` counts the checks that were asked for and have nothing to be run with."""

    def __init__(
        self,
        jobs: list[Job],
        report: Report,
        where: str,
        *,
        errors: tuple[Invalid, ...] = (),
        invalid: bool = False,
        left_out: int = 0,
        most_failures: int | None = None,
        team: Team = ALONE,
        verbose: bool = False,
        quiet: bool = False,
        debug: bool = False,
        interrupted: bool = False,
    ) -> None:
        self.jobs = jobs
        self.report = report
        self.where = where
        self.errors = errors
        self.invalid = invalid
        self.left_out = left_out
        self.most_failures = most_failures
        self.team = team
        self.verbose = verbose
        self.quiet = quiet
        self.debug = debug
        self.interrupted = interrupted
        self._finished = 0
        self._tally = Tally()
        self._fault = False
        # Ids: what passes with one implementation and fails with another has failed.
        self._passed: set[str] = set()
        self._failed: set[str] = set()

    def follow(self, settings: Settings, workers: Workers, interrupts: Interrupts, *, colour: str) -> None:
        """Run the jobs and report each as it finishes."""
        try:
            with (
                Bar(len(self.jobs), colour=colour, quiet=self.quiet) as bar,
                closing(
                    follow(self.jobs, settings, workers, interrupts, lambda check: bar.start(check.id), self.team)
                ) as outcomes,
            ):
                for ran in outcomes:
                    with bar.aside():
                        if self.verbose:
                            say_printed(ran)
                        with writing(self.where):
                            self.report.add(ran.result)
                    bar.finished(passed=ran.result.status in ("pass", "skipped"))
                    self._finished += 1
                    self._tally.add(ran.result)
                    self._note(ran.result)
                    if self.most_failures is not None and self._not_passed >= self.most_failures:
                        break
        except KeyboardInterrupt:
            self.interrupted = True
        except CheckFault as fault:
            self._fault = True
            self._say_fault(fault)
        except ClusterTrouble as trouble:
            self.invalid = True
            self.errors = (*self.errors, Invalid(str(trouble)))
            say(f"convcheck: {shown(trouble)}")
        if self.interrupted:
            after = f" after {self._finished:,} of {count(len(self.jobs), 'check')}" if self.jobs else ""
            say(f"convcheck: interrupted{after}")
        elif self._finished and self._looked_at == 0:
            say("convcheck: every check was skipped: nothing was checked")

    def remember(self) -> None:
        """For the next run with --lf."""
        remember(self._passed - self._failed, self._failed)

    def ending(self, seconds: float) -> Ending:
        """What the report says last."""
        return Ending(self.errors, self._not_run, self.interrupted, seconds, self._fault)

    def in_short(self) -> str:
        """The counts, for somebody whose report went into a file."""
        return counts_text(self._tally.counts(self._not_run))

    def exit_code(self) -> Exit:
        """The exit code of the whole run."""
        return exit_code(
            all_passed=self._tally.by_status["pass"] == self._looked_at,
            checks=len(self.jobs) - self._tally.by_status["skipped"],
            invalid=self.invalid,
            interrupted=self.interrupted,
            fault=self._fault,
        )

    def _note(self, result: Result) -> None:
        if result.status != "skipped":
            (self._passed if result.status == "pass" else self._failed).add(result.id)

    @property
    def _looked_at(self) -> int:
        return self._finished - self._tally.by_status["skipped"]

    @property
    def _not_passed(self) -> int:
        return self._looked_at - self._tally.by_status["pass"]

    @property
    def _not_run(self) -> int:
        return len(self.jobs) - self._finished + self.left_out

    def _say_fault(self, fault: CheckFault) -> None:
        cause = fault.__cause__ or fault
        if self.debug:
            import traceback

            say("".join(traceback.format_exception(cause)).rstrip())
        hint = "" if self.debug else " (--debug shows where)"
        say(f"convcheck: a fault in convcheck itself, in {shown(fault.check.id)}: {shown(described(cause))}{hint}")

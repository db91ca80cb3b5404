"""What `convcheck run` does: gather, run, report, and say with the exit code how it went."""

from __future__ import annotations

import platform
import sys
import time
import traceback
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, TextIO

import click

from convcheck._version import __version__
from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.colour import wants_colour
from convcheck.cli.destination import destination
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.gather import Gathered, gather
from convcheck.cli.options import OVERRIDES
from convcheck.cli.process import described
from convcheck.cli.progress import Bar
from convcheck.cli.repeat import repeat_command
from convcheck.cli.session import Session
from convcheck.cli.streams import say, width_of, writing
from convcheck.reports.figures import count
from convcheck.reports.formats import FORMATS
from convcheck.reports.run import Ending, Look, Report, Run, Tally
from convcheck.reports.shown import shown
from convcheck.reports.words import counts_text
from convcheck.running.in_process import CheckFault, run_in_process
from convcheck.running.interrupts import Interrupts


def run_and_report(context: click.Context, specs: tuple[str, ...], **options: Any) -> int:
    """Run the checks that the specs and options name. `options` are those of `convcheck run`."""
    began = time.perf_counter()
    overrides = {name: options[name] for name in OVERRIDES.values()}
    with destination(options["output"]) as (stream, where), Interrupts() as interrupts:
        gathered, interrupted = Gathered(), False
        try:
            with interrupts.allowed():
                gathered = gather(specs, options["keys"], options["max_memory"], overrides)
        except KeyboardInterrupt:
            interrupted = True
        report = FORMATS[options["form"]](stream, _run(context, specs, options), _look(stream, options))
        course = Course(gathered, report, where, fail_fast=options["fail_fast"], debug=_debug(context))
        course.interrupted = interrupted
        settings = Settings() if options["budget"] is None else Settings(budget=options["budget"])
        course.follow(settings, interrupts, colour=options["color"])
        with writing(where):
            report.finish(course.ending(time.perf_counter() - began))
    if options["output"] is not None and stream is not sys.stdout and not options["quiet"]:
        say(f"convcheck: {course.in_short()}; the report is in {shown(options['output'])}")
    return course.exit_code()


class Course:
    """How a run goes: which checks have finished, and whether something stopped it."""

    def __init__(self, gathered: Gathered, report: Report, where: str, *, fail_fast: bool, debug: bool) -> None:
        self.gathered = gathered
        self.interrupted = False
        self._report = report
        self._where = where
        self._fail_fast = fail_fast
        self._debug = debug
        self._finished = 0
        self._tally = Tally()
        self._fault = False

    def follow(self, settings: Settings, interrupts: Interrupts, *, colour: str) -> None:
        """Run the checks one after the other and report each as it finishes."""
        checks = self.gathered.checks
        try:
            with Bar(len(checks), colour=colour) as bar:
                for result in run_in_process(checks, settings, interrupts, announce=lambda check: bar.start(check.id)):
                    with bar.aside(), writing(self._where):
                        self._report.add(result)
                    self._finished += 1
                    self._tally.add(result)
                    if self._fail_fast and result.status != "pass":
                        break
        except KeyboardInterrupt:
            self.interrupted = True
        except CheckFault as fault:
            self._fault = True
            self._say_fault(fault)
        if self.interrupted:
            after = f" after {self._finished:,} of {count(len(checks), 'check')}" if checks else ""
            say(f"convcheck: interrupted{after}")

    def ending(self, seconds: float) -> Ending:
        """What the report says last."""
        skipped = len(self.gathered.checks) - self._finished
        return Ending(self.gathered.all_errors, skipped, self.interrupted, seconds)

    def in_short(self) -> str:
        """The counts, for somebody whose report went into a file."""
        return counts_text(self._tally.counts(len(self.gathered.checks) - self._finished))

    def exit_code(self) -> Exit:
        """The exit code of the whole run."""
        return exit_code(
            all_passed=self._tally.by_status["pass"] == self._finished,
            checks=len(self.gathered.checks),
            invalid=self.gathered.invalid,
            interrupted=self.interrupted,
            fault=self._fault,
        )

    def _say_fault(self, fault: CheckFault) -> None:
        cause = fault.__cause__ or fault
        if self._debug:
            say("".join(traceback.format_exception(cause)).rstrip())
        hint = "" if self._debug else " (--debug shows where)"
        say(f"convcheck: a fault in convcheck itself, in {shown(fault.check.id)}: {shown(described(cause))}{hint}")


def _run(context: click.Context, specs: tuple[str, ...], options: Mapping[str, Any]) -> Run:
    repeated = {option: options[name] for option, name in OVERRIDES.items()}
    repeated |= {"--budget": options["budget"], "--max-memory": _given(context, "max_memory", options)}

    def repeat(result: Result) -> str:
        return repeat_command(result, repeated)

    arguments = {"specs": specs, **{name: value for name, value in options.items() if name not in ("color", "output")}}
    arguments["format"] = arguments.pop("form")
    environment = {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "platform": f"{platform.system()}-{platform.machine()}",
    }
    return Run(__version__, arguments, environment, repeat)


def _given(context: click.Context, name: str, options: Mapping[str, Any]) -> Any:
    """The value of an option where the person gave it, None where it is the default."""
    source = context.get_parameter_source(name)
    return options[name] if source is click.core.ParameterSource.COMMANDLINE else None


def _look(stream: TextIO, options: Mapping[str, Any]) -> Look:
    # FORCE_COLOR is about the terminal, not about a file that is opened later; only --color=always speaks of it.
    to_file = options["output"] is not None and options["color"] == "auto"
    return Look(
        colour=not to_file and wants_colour(options["color"], stream),
        width=width_of(stream),
        quiet=options["quiet"],
        verbose=options["verbose"],
    )


def _debug(context: click.Context) -> bool:
    return context.ensure_object(Session).debug

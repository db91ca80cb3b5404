"""What `convcheck run` does: gather, run, report, and say with the exit code how it went."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import click
import numpy as np

from convcheck._version import __version__
from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.actions.cluster import cluster_at, team_on
from convcheck.cli.actions.execute import Course
from convcheck.cli.actions.gather import Gathered, gather
from convcheck.cli.actions.messages import say_stubs
from convcheck.cli.actions.outputs import Outputs
from convcheck.cli.actions.plan import Work, nothing_in, plan
from convcheck.cli.actions.schedule import start_up, team_of
from convcheck.cli.actions.select import part_of
from convcheck.cli.actions.workers import TIMEOUT, Workers
from convcheck.cli.options.impl import implementation_of, source_of
from convcheck.cli.options.output import Output
from convcheck.cli.options.run import most_failures
from convcheck.cli.options.selection import OVERRIDES
from convcheck.cli.session import Session
from convcheck.cli.startup import uncollected
from convcheck.cli.streams import say, wants_colour, width_of
from convcheck.implementations.source import Source
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Look, Report, Run
from convcheck.reports.wording.figures import shown
from convcheck.running.interrupts import Interrupts
from convcheck.spec.showing import listed

# How a report is dressed, and how many made it, and where, is no argument of the run.
NOT_TOLD = ("color", "outputs", "jobs", "cluster")


def run_and_report(context: click.Context, specs: tuple[str, ...], **options: Any) -> int:
    """Run the checks that the specs and options name. `options` are those of `convcheck run`."""
    began = time.perf_counter()
    cost = start_up()
    source = source_of(options["implementation"], stubs=not options["no_stubs"])
    overrides = {name: options[name] for name in OVERRIDES.values()}
    overrides["implementation"] = implementation_of(options["implementation"], source)
    with (
        Outputs(options["outputs"]) as report,
        cluster_at(context, options["cluster"]) as cluster,
        Interrupts() as interrupts,
        Workers(
            isolated=not options["no_isolation"],
            timeout=options["timeout"] or TIMEOUT,
            thrifty=options["budget"] is None,
            cluster=cluster,
        ) as workers,
    ):
        gathered, work, interrupted = Gathered(), Work(), False
        try:
            with interrupts.allowed():
                gathered, work = _prepare(specs, options, source, overrides, workers)
        except KeyboardInterrupt:
            interrupted = True
        if not options["quiet"]:
            say_stubs(work.stubs)
        run = _run(context, specs, options, source, tuple(work.stubs))
        report.begin(lambda output, stream: _report(output, stream, run, options))
        course = Course(
            work.jobs,
            report,
            "the report",
            errors=(*gathered.all_errors, *work.errors),
            invalid=gathered.invalid or bool(work.errors),
            left_out=work.left_out,
            most_failures=most_failures(options),
            team=team_of(options["jobs"], cost) if cluster is None else team_on(cluster, options["jobs"]),
            verbose=options["verbose"],
            quiet=options["quiet"],
            debug=context.ensure_object(Session).debug,
            interrupted=interrupted,
        )
        course.follow(_settings(options, suite=not specs), workers, interrupts, colour=options["color"])
        course.remember()
        report.finish(course.ending(time.perf_counter() - began))
    if not options["quiet"]:
        _say_where(options["outputs"], course)
    return course.exit_code()


def _prepare(
    specs: Sequence[str],
    options: Mapping[str, Any],
    source: Source | None,
    overrides: Mapping[str, Any],
    workers: Workers,
) -> tuple[Gathered, Work]:
    """The checks of the specs, or of the suites of all that is in the source; and the jobs that come of them."""
    suites: tuple[str, ...] = ()
    if source is not None and not specs:
        from convcheck.cli.actions.suite import suites_of

        survey = workers.survey(source)
        suites = suites_of(one.layer for one in survey.found)
        if not suites:
            return Gathered(), Work(errors=[nothing_in(source, survey, workers)], stubs=survey.missing)
    gathered = gather(specs, options["keys"], options["max_memory"], overrides, suites)
    gathered = gathered._replace(checks=part_of(gathered.checks, options["shard"], last=options["last_failed"]))
    work = plan(gathered.checks, source, workers, trust=options["trust"], stubs=not options["no_stubs"])
    return gathered, work


def _settings(options: Mapping[str, Any], *, suite: bool) -> Settings:
    settings = Settings(suite=suite)
    return settings if options["budget"] is None else settings._replace(budget=options["budget"])


def _run(
    context: click.Context,
    specs: tuple[str, ...],
    options: Mapping[str, Any],
    source: Source | None,
    stubs: tuple[str, ...],
) -> Run:
    repeated = {option: options[name] for option, name in OVERRIDES.items()}
    repeated |= {"--budget": options["budget"], "--max-memory": _given(context, "max_memory", options)}
    repeated |= {"--timeout": options["timeout"]}
    repeated |= {f"--{name.replace('_', '-')}": options[name] or None for name in ("no_isolation", "no_stubs", "trust")}

    def repeat(result: Result) -> str:
        from convcheck.cli.actions.repeat import repeat_command

        # Of several pairs in a source, the one that this is about.
        own = repeated if source is None else {**repeated, "--impl": result.implementation}
        return repeat_command(result, own, suite=not specs)

    arguments = {"specs": specs, **{name: value for name, value in options.items() if name not in NOT_TOLD}}
    environment = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": f"{platform.system()}-{platform.machine()}",
    }
    return Run(__version__, arguments, environment, repeat, stubs)


def _given(context: click.Context, name: str, options: Mapping[str, Any]) -> Any:
    """The value of an option where the person or a file of theirs gave it, None where it is the default."""
    source = context.get_parameter_source(name)
    return None if source is click.core.ParameterSource.DEFAULT else options[name]


def _report(output: Output, stream: TextIO, run: Run, options: Mapping[str, Any]) -> Report:
    form = output.form or "table"
    # Each tells its own format: that a file was written beside it is no part of what it says.
    told = run._replace(arguments={**run.arguments, "format": form})
    # FORCE_COLOR is about the terminal, not about a file that is opened later; only --color=always speaks of it.
    to_file = output.file is not None and options["color"] == "auto"
    look = Look(
        colour=not to_file and wants_colour(options["color"], stream),
        width=width_of(stream),
        quiet=options["quiet"],
        verbose=options["verbose"],
    )
    with uncollected():
        return FORMATS[form](stream, told, look)


def _say_where(outputs: Sequence[Output], course: Course) -> None:
    """For somebody whose reports all went into files."""
    if any(output.is_standard for output in outputs):
        return
    files = tuple(shown(output.file or "") for output in outputs)
    where = f"the report is in {files[0]}" if len(files) == 1 else f"the reports are in {listed(files)}"
    say(f"convcheck: {course.in_short()}; {where}")

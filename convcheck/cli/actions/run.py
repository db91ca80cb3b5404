"""What `convcheck run` does, and where:

1. opens what it writes to and works with: reports, cluster, workers      outputs, schedule, workers
2. gathers the checks of the specs, by -k and with the options applied    gather, select
3. keeps those of --lf and --shard                                        select, last_failed
4. plans the jobs: each check with the implementation it is run with      plan
5. begins the reports                                                     outputs
6. runs the jobs and reports each as it finishes                          execute, schedule, progress
7. draws the conclusions                                                  execute
8. writes down what failed, for the next --lf                             last_failed
9. finishes the reports, says where they are, returns the exit code       execute
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click
import numpy as np

from convcheck._version import __version__
from convcheck.checking.result import Result
from convcheck.checking.settings import Settings
from convcheck.cli.actions.execute import Execution
from convcheck.cli.actions.gather import Selection, gather
from convcheck.cli.actions.last_failed import CACHE_FILE, CACHE_FOLDER, update_last_failed
from convcheck.cli.actions.outputs import Outputs
from convcheck.cli.actions.plan import JobPlan, no_implementation, plan_jobs
from convcheck.cli.actions.progress import ProgressBar
from convcheck.cli.actions.schedule import cluster_at, cluster_concurrency, local_concurrency, start_cost
from convcheck.cli.actions.select import restrict, select
from convcheck.cli.actions.workers import Workers
from convcheck.cli.config.file import config_places
from convcheck.cli.options.impl import files_of, implementation_of, source_of
from convcheck.cli.options.output import Output
from convcheck.cli.options.run import failure_limit
from convcheck.cli.options.selection import OVERRIDES
from convcheck.cli.options.specs import find_spec_files
from convcheck.cli.session import Session
from convcheck.cli.startup import gc_paused
from convcheck.cli.streams import say, wants_colour, width_of
from convcheck.cli.write_file import require_other_files
from convcheck.implementations.source import Found, Source, Survey
from convcheck.reports.formats import FORMATS
from convcheck.reports.report import Appearance, Invalid, Invocation, Report
from convcheck.reports.wording.figures import shown
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import TIMEOUT
from convcheck.spec.check import Check
from convcheck.spec.showing import listed

if TYPE_CHECKING:
    from convcheck.running.cluster.connection import Cluster

# Where and how the same run is done and shown: a report does not list these among its arguments.
UNREPORTED = ("color", "outputs", "jobs", "cluster", "durations")
# Formats that have a row for a check, and none for anything else.
ROWS_ALONE = ("jsonl", "csv")


def run_checks(context: click.Context, specs: tuple[str, ...], **options: Any) -> int:
    """Run the checks that the specs and options name, and return the exit code. `options`: those of `convcheck run`.

    Raises click.UsageError for what is wrong with the options, and CannotWrite and BrokenPipeError where a report
    cannot be written to its end.
    """
    began, cost = time.perf_counter(), start_cost()
    source, overrides = replaced_fields(options)
    files = [output.file for output in options["outputs"]]
    require_other_files(files, lambda: [*find_spec_files(specs).files, *files_of(source), *other_inputs()])
    with (
        Outputs(options["outputs"]) as reports,
        cluster_at(context, options["cluster"]) as cluster,
        Interrupts() as interrupts,
        workers_of(options, cluster, adopt=context.ensure_object(Session).own_process) as workers,
    ):
        selection, plan, interrupted = Selection(), JobPlan(), False
        try:
            with interrupts.allowed():
                selection, plan = select_and_plan(specs, options, source, overrides, workers)
            # What code a spec names is known only now.
            require_other_files(files, lambda: [file for job in plan.jobs for file in files_of(job.source)])
        except KeyboardInterrupt:
            interrupted = True
        if plan.stubs and not options["quiet"]:
            from convcheck.cli.actions.messages import say_stubs

            say_stubs(plan.stubs)
        invocation = _invocation(context, specs, options, source, tuple(plan.stubs))
        reports.begin(lambda output, stream: _report(output, stream, invocation, options))
        execution = Execution(
            plan.jobs,
            reports,
            errors=(*selection.all_errors, *plan.errors),
            invalid=selection.invalid or bool(plan.errors),
            left_out=plan.left_out,
            interrupted=interrupted,
            not_checked=tuple(plan.not_checked),
        )
        jobs = options["jobs"]
        concurrency = local_concurrency(jobs, cost) if cluster is None else cluster_concurrency(cluster, jobs)
        parallel = concurrency.workers > 1
        settings = settings_of(options, suite=not (specs or options["inputs"]))
        execution.run(
            settings,
            workers,
            interrupts,
            ProgressBar(len(plan.jobs), colour=options["color"], quiet=options["quiet"], parallel=parallel),
            concurrency=concurrency,
            failure_limit=failure_limit(options),
            verbose=options["verbose"],
            debug=context.ensure_object(Session).debug,
        )
        # Of some of the checks, what is the name of one alone may be that of another as well.
        selected = options["keys"] or options["last_failed"] or options["shard"]
        ids = () if selected else {job.check.id for job in plan.jobs}
        execution.conclude(
            repeats(context, specs, source, ids),
            settings,
            workers,
            interrupts,
            concurrency=concurrency,
        )
        update_last_failed(execution.passed - execution.failed, execution.failed)
        reports.finish(execution.ending(time.perf_counter() - began))
    if execution.not_checked and not any(o.is_standard and o.form not in ROWS_ALONE for o in options["outputs"]):
        from convcheck.cli.actions.messages import say_not_checked

        say_not_checked(execution.not_checked)
    if not options["quiet"]:
        _say_files(options["outputs"], execution)
    return execution.exit_code()


def other_inputs() -> tuple[str, ...]:
    """The files that a run reads beside what it is given: settings, and what failed last time."""
    return *config_places(), os.path.join(CACHE_FOLDER, CACHE_FILE)


def select_and_plan(
    specs: Sequence[str],
    options: Mapping[str, Any],
    source: Source | None,
    overrides: Mapping[str, Any],
    workers: Workers,
) -> tuple[Selection, JobPlan]:
    """The checks of the specs, or without specs of the suites for all that is in the source; and their jobs.

    `options`: those of `convcheck run`, as far as they select checks or are about running code.
    """
    suites: tuple[str, ...] = ()
    inputs: tuple[str, ...] = options["inputs"]
    survey: Survey | None = None
    layers = (options["layer"],) if options["layer"] else ()
    functions: tuple[Found, ...] = ()
    if source is not None and not specs and not options["inputs"]:
        from convcheck.cli.actions.suite import suites_of

        survey = workers.survey(source, layers)
        suites = suites_of(one.layer for one in survey.found)
        if not source.names and not layers:
            functions = tuple(one for one in survey.found if one.inputs)
        from convcheck.cli.actions.ladder import shapes_of

        shapes = shapes_of(source, survey, layers, workers, options["settings"], options["max_memory"])
        inputs = shapes.inputs
        if shapes.problem:
            say(f"convcheck: {shown(shapes.problem)}")
            return Selection(), JobPlan([Invalid(shapes.problem, source.place)])
        if inputs:
            from convcheck.cli.actions.messages import say_inputs

            say_inputs(source, inputs, tried=shapes.tried, right=shapes.right)
        elif not suites and not functions:
            error = no_implementation(source, survey, workers)
            return Selection(), JobPlan([error], survey.missing, survey.not_checked)
    if functions and not suites and source is not None and survey is not None:
        alone = JobPlan((), survey.missing, survey.not_checked)
        return _of_functions(functions, Selection(), alone, options, source, overrides, workers)
    selection = gather(specs, options["keys"], options["max_memory"], overrides, suites, inputs, options["settings"])
    checks = restrict(selection.checks, options["shard"], last_failed=options["last_failed"])
    plan = plan_jobs(checks, source, workers, trust=options["trust"], stubs=not options["no_stubs"])
    if survey is not None:
        plan.not_checked.update(dict.fromkeys(survey.not_checked))
    selection = selection._replace(checks=checks)
    if functions and source is not None:
        return _of_functions(functions, selection, plan, options, source, overrides, workers)
    return selection, plan


def _of_functions(
    functions: Sequence[Found],
    selection: Selection,
    plan: JobPlan,
    options: Mapping[str, Any],
    source: Source,
    overrides: Mapping[str, Any],
    workers: Workers,
) -> tuple[Selection, JobPlan]:
    """The selection and the plan with the functions of no layer in a file whose text tells what they take."""
    from convcheck.cli.actions.ladder import unfit
    from convcheck.cli.actions.messages import say_inputs

    for one in functions:
        named = source._replace(names=one.names)
        gathered = gather((), (), options["max_memory"], overrides, (), one.inputs)
        chosen, _ = select(gathered.checks, options["keys"])
        if chosen and (seen := unfit(named, one, chosen[0], workers)):
            plan.not_checked[seen] = None
            continue
        if chosen:
            say_inputs(named, one.inputs)
        own = plan_jobs(chosen, named, workers, trust=options["trust"], stubs=not options["no_stubs"])
        plan.jobs += own.jobs
        plan.errors += own.errors
        selection = selection._replace(checks=(*selection.checks, *chosen))
    return selection, plan


def replaced_fields(options: Mapping[str, Any]) -> tuple[Source | None, dict[str, Any]]:
    """The code that --impl names, and what the options put in the place of fields of every spec, None where nothing.

    Raises click.BadParameter for an --impl that names nothing.
    """
    source = source_of(options["implementation"], stubs=not options["no_stubs"])
    overrides = {name: options[name] for name in OVERRIDES.values()}
    overrides["implementation"] = implementation_of(options["implementation"], source)
    return source, overrides


def workers_of(options: Mapping[str, Any], cluster: Cluster | None = None, *, adopt: bool = False) -> Workers:
    """What runs code of somebody's own, as the options of `convcheck run` say; `adopt` as `Workers` has it."""
    return Workers(
        isolated=not options["no_isolation"],
        # A budget that was asked for can be used.
        timeout=options["timeout"] or max(TIMEOUT, 2 * (options["budget"] or 0)),
        cap_budget=options["budget"] is None,
        cluster=cluster,
        adopt=adopt,
    )


def settings_of(options: Mapping[str, Any], *, suite: bool) -> Settings:
    """What the options of `convcheck run` say of every check. `suite`: it is a built-in one."""
    settings = Settings(suite=suite)
    return settings if options["budget"] is None else settings._replace(budget=options["budget"])


def _invocation(
    context: click.Context,
    specs: tuple[str, ...],
    options: Mapping[str, Any],
    source: Source | None,
    stubs: tuple[str, ...],
) -> Invocation:
    """What a report says of the run as a whole, and the command that repeats one check of it."""

    arguments = {"specs": specs, **{name: value for name, value in options.items() if name not in UNREPORTED}}
    environment = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "platform": f"{platform.system()}-{platform.machine()}",
    }
    return Invocation(__version__, arguments, environment, repeats(context, specs, source), stubs)


def repeats(
    context: click.Context, specs: tuple[str, ...], source: Source | None, ids: Collection[str] = ()
) -> Callable[..., str]:
    """What gives the command that repeats a check, as `repeat_command` has it, or `repeat_sizes` if it was `made`."""

    def repeat(result: Result, made: Check | None = None) -> str:
        from convcheck.cli.actions.repeat import repeat_command, repeat_sizes, repeated_options

        given = repeated_options(context)
        if made is not None:
            # What a spec names is named by no file any more, and has its layer in the line.
            named = None if result.code_file is None else result.implementation
            return repeat_sizes(made, {**given, "--impl": named, "--layer": None, "--trust": None})
        # Of several implementations in a source, the one that this result is of.
        repeated = given if source is None else {**given, "--impl": result.implementation}
        return repeat_command(result, repeated, suite=not (specs or given["--input"]), ids=ids)

    return repeat


def _report(output: Output, stream: TextIO, invocation: Invocation, options: Mapping[str, Any]) -> Report:
    form = output.form or "table"
    # Each lists its own format: that another file is written beside it makes no difference to it.
    invocation = invocation._replace(arguments={**invocation.arguments, "format": form})
    # FORCE_COLOR is about the terminal, not about a file that is opened later; only --color=always speaks of it.
    file_without_colour = output.file is not None and options["color"] == "auto"
    appearance = Appearance(
        colour=not file_without_colour and wants_colour(options["color"], stream),
        width=width_of(stream),
        quiet=options["quiet"],
        verbose=options["verbose"],
        durations=int(options["durations"] or 0),
    )
    with gc_paused():
        return FORMATS[form](stream, invocation, appearance)


def _say_files(outputs: Sequence[Output], execution: Execution) -> None:
    """Where no report goes to standard output, say how the run went and which files hold the reports."""
    if any(output.is_standard for output in outputs):
        return
    files = tuple(shown(output.file or "") for output in outputs)
    where = f"the report is in {files[0]}" if len(files) == 1 else f"the reports are in {listed(files)}"
    say(f"convcheck: {execution.counts_text()}; {where}")

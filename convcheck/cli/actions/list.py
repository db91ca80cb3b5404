"""What `convcheck list` does: gathers the checks as a run would, and prints them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcheck.checking.check import planned_evaluations
from convcheck.cli.actions.gather import Selection, gather
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.options.impl import implementation_of, source_of
from convcheck.cli.options.selection import OVERRIDES
from convcheck.cli.streams import standard_output, wants_colour, width_of, writing
from convcheck.layers.catalogue import OPEN
from convcheck.reports.json import json_text
from convcheck.reports.wording.figures import shape_text, shown
from convcheck.running.job import Job
from convcheck.spec.showing import count

if TYPE_CHECKING:
    from convcheck.cli.actions.plan import JobPlan
    from convcheck.implementations.source import Source
    from convcheck.reports.report import Invalid

# Goes up when a key of the JSON changes its meaning, or is no longer there.
LIST_VERSION = 1


def list_checks(specs: Sequence[str], **options: Any) -> Exit:
    """Print the checks, and return the exit code. `options`: those of `convcheck list`.

    Raises click.UsageError for what is wrong with the options, and CannotWrite for standard output.
    """
    overrides = {name: options[name] for name in OVERRIDES.values()}
    # Beside specs code of somebody's own is listed by its name: it would have to be imported to see what is in it.
    source = source_of(options["implementation"])
    overrides["implementation"] = implementation_of(options["implementation"], source)
    if source is None or specs:
        selection = gather(specs, options["keys"], options["max_memory"], overrides)
        jobs, errors = [Job(check) for check in selection.checks], selection.all_errors
        invalid = selection.invalid
    else:
        plan, selection = _plan_of_suites(options, source, overrides)
        jobs, errors = plan.jobs, (*selection.all_errors, *plan.errors)
        invalid = selection.invalid or bool(plan.errors)
    with writing("standard output"):
        if options["form"] == "json":
            _print_json(jobs, errors)
        elif jobs:
            _print_table(jobs, options["color"])
    return exit_code(all_passed=True, checks=len(jobs), invalid=invalid, interrupted=False, fault=False)


def _plan_of_suites(
    options: Mapping[str, Any], source: Source, overrides: Mapping[str, Any]
) -> tuple[JobPlan, Selection]:
    """What a run without specs would do with the source: it is imported, in a process of its own."""
    # Few lists are of code.
    from convcheck.cli.actions.messages import say_stubs
    from convcheck.cli.actions.run import select_and_plan
    from convcheck.cli.actions.workers import Workers
    from convcheck.running.interrupts import Interrupts

    as_run = {
        **options,
        "shard": None,
        "last_failed": False,
        "trust": False,
        "no_stubs": False,
        "inputs": (),
        "settings": (),
    }
    with Interrupts() as interrupts, Workers() as workers, interrupts.allowed():
        selection, plan = select_and_plan((), as_run, source, overrides, workers)
    say_stubs(plan.stubs)
    return plan, selection


def _rows(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    return [
        {
            "id": check.id,
            "file": check.file,
            "line": check.line,
            "layer": check.layer,
            "implementation": source.text(found.names) if source and found else str(check.manner.implementation),
            "output_shape": check.sizes.shapes().get("out"),
            "forward_evaluations": None if check.layer in OPEN else planned_evaluations(check),
        }
        for check, source, found in jobs
    ]


def _print_json(jobs: Sequence[Job], errors: Sequence[Invalid]) -> None:
    document = {"schema": LIST_VERSION, "checks": _rows(jobs), "errors": errors}
    standard_output().write(json_text(document) + "\n")
    sys.stdout.flush()


def _print_table(jobs: Sequence[Job], colour: str) -> None:
    from convcheck.reports.tables.page import Page

    stream = standard_output()
    page = Page(stream, colour=wants_colour(colour, stream), width=width_of(stream))
    rows = _rows(jobs)
    headings = [("output", "output_shape"), ("forward evaluations", "forward_evaluations"), ("id", "id")]
    # Of code that was looked into, there may be several for one check.
    if any(job.found for job in jobs):
        headings.insert(2, ("implementation", "implementation"))
    # The id is last: it may be of any length, and runs over where the page ends.
    columns = [(title, key == "forward_evaluations") for title, key in headings]
    page.table(page.columns(columns, [[_cell(row[key]) for _, key in headings] for row in rows]))
    page.blank()
    planned = [row["forward_evaluations"] for row in rows if row["forward_evaluations"] is not None]
    unknown = (
        f", and those of {count(len(rows) - len(planned), 'check')} of no layer" if len(planned) < len(rows) else ""
    )
    page.line(f"{count(len(rows), 'check')}, {count(sum(planned), 'forward evaluation')}{unknown}")
    page.flush()


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return shape_text(value) if isinstance(value, tuple) else shown(value)

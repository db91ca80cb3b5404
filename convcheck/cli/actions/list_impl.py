"""What `convcheck run --list-impl` does: imports a file or a module, and lists what in it can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcheck.cli.actions.messages import say_stubs
from convcheck.cli.actions.workers import Workers
from convcheck.cli.exits import Exit
from convcheck.cli.streams import say, wants_colour, width_of, writing
from convcheck.cli.write_file import destination
from convcheck.implementations.source import Source, Survey
from convcheck.reports.json import json_text
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.summary import print_not_checked
from convcheck.reports.wording.figures import shown
from convcheck.running.interrupts import Interrupts
from convcheck.running.job import TIMEOUT

# Goes up when a key of the JSON changes its meaning, or is no longer there.
LIST_IMPL_VERSION = 1


def list_implementations(source: Source, options: Mapping[str, Any]) -> Exit:
    """Print the implementations in the source, how each would be called, and return the exit code.

    `options`: those of `convcheck run`. Raises click.BadParameter where the output cannot be written, CannotWrite where
    writing it fails, and KeyboardInterrupt.
    """
    source = source._replace(stubs=not options["no_stubs"])
    output = options["outputs"][0]
    with (
        destination(output.file) as (stream, where),
        Interrupts() as interrupts,
        Workers(isolated=not options["no_isolation"], timeout=options["timeout"] or TIMEOUT) as workers,
    ):
        with interrupts.allowed():
            survey = workers.survey(source, (options["layer"],) if options["layer"] else ())
        if not options["quiet"]:
            say_stubs(survey.missing)
        if survey.problem is not None:
            say(f"convcheck: {shown(survey.problem)}")
        with writing(where):
            if output.form == "json":
                stream.write(
                    json_text({"schema": LIST_IMPL_VERSION, "source": source.text(), **_as_json(survey)}) + "\n"
                )
            elif survey.found:
                colour = wants_colour(options["color"], stream)
                layer = f" --layer {options['layer']}" if options["layer"] else ""
                page = Page(stream, colour=colour, width=width_of(stream))
                _print_table(page, source, survey, f"convcheck run --impl {shown(source.text())}{layer}")
            stream.flush()
    if survey.found:
        return Exit.PASSED
    return Exit.NOTHING if survey.opened else Exit.USAGE


def _as_json(survey: Survey) -> dict[str, Any]:
    found = [{"layer": one.layer, "names": one.names, "line": one.line, "how": one.how} for one in survey.found]
    return {
        "found": found,
        "not_checked": survey.not_checked,
        "stubs": survey.missing,
        "problem": survey.problem,
    }


def _print_table(page: Page, source: Source, survey: Survey, command: str) -> None:
    page.line((shown(source.place), "bold"))
    headings = (("layer", False), ("line", True), ("names", False), ("called as", False))
    rows = [(one.layer, str(one.line), shown(",".join(one.names)), shown(one.how)) for one in survey.found]
    # How it is called is last: it may be of any length, and runs over where the page ends.
    page.table(page.columns(headings, rows), indent=2)
    page.blank()
    print_not_checked(page, survey.not_checked)
    page.prose(f"Check them: {command}", hanging=2)
    page.flush()

"""What `convcheck list` does: gathers the checks as a run would, and prints them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from convcheck.checking.check import planned_evaluations
from convcheck.cli.actions.gather import Selection, gather
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.options.impl import implementation_of, source_of
from convcheck.cli.options.selection import OVERRIDES
from convcheck.cli.streams import standard_output, wants_colour, width_of, writing
from convcheck.reports.json import json_text
from convcheck.reports.wording.figures import shape_text, shown
from convcheck.spec.check import Check
from convcheck.spec.showing import count

# Goes up when a key of the JSON changes its meaning, or is no longer there.
LIST_VERSION = 1


def list_checks(specs: Sequence[str], **options: Any) -> Exit:
    """Print the checks, and return the exit code. `options`: those of `convcheck list`.

    Raises click.UsageError for what is wrong with the options, and CannotWrite for standard output.
    """
    overrides = {name: options[name] for name in OVERRIDES.values()}
    # Code of somebody's own is listed by its name: it would have to be imported to see what is in it.
    name = options["implementation"]
    overrides["implementation"] = implementation_of(name, source_of(name))
    selection = gather(specs, options["keys"], options["max_memory"], overrides)
    with writing("standard output"):
        if options["form"] == "json":
            _print_json(selection)
        elif selection.checks:
            _print_table(selection.checks, options["color"])
    return exit_code(
        all_passed=True,
        checks=len(selection.checks),
        invalid=selection.invalid,
        interrupted=False,
        fault=False,
    )


def _rows(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [
        {
            "id": check.id,
            "file": check.file,
            "line": check.line,
            "layer": check.layer,
            "implementation": str(check.manner.implementation),
            "output_shape": check.sizes.shapes()["out"],
            "forward_evaluations": planned_evaluations(check),
        }
        for check in checks
    ]


def _print_json(selection: Selection) -> None:
    document = {"schema": LIST_VERSION, "checks": _rows(selection.checks), "errors": selection.all_errors}
    standard_output().write(json_text(document) + "\n")
    sys.stdout.flush()


def _print_table(checks: Sequence[Check], colour: str) -> None:
    from convcheck.reports.tables.page import Page

    stream = standard_output()
    page = Page(stream, colour=wants_colour(colour, stream), width=width_of(stream))
    rows = [
        (shape_text(row["output_shape"]), str(row["forward_evaluations"]), shown(row["id"])) for row in _rows(checks)
    ]
    # The id is last: it may be of any length, and runs over where the page ends.
    page.table(page.columns((("output", False), ("forward evaluations", True), ("id", False)), rows))
    page.blank()
    total = sum(int(row[1]) for row in rows)
    page.line(f"{count(len(rows), 'check')}, {count(total, 'forward evaluation')}")
    page.flush()

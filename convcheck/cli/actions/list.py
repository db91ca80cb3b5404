"""What `convcheck list` does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from convcheck.checking.check import planned_evaluations
from convcheck.cli.actions.gather import Gathered, gather
from convcheck.cli.exits import Exit, exit_code
from convcheck.cli.options.impl import implementation_of, source_of
from convcheck.cli.options.selection import OVERRIDES
from convcheck.cli.streams import standard_output, wants_colour, width_of, writing
from convcheck.reports.json import json_text
from convcheck.reports.wording.figures import count, shape_text, shown

# Raised when a key changes its meaning or goes.
SCHEMA = 1


def list_checks(specs: Sequence[str], **options: Any) -> Exit:
    """Print the checks. `options` are those of `convcheck list`."""
    overrides = {name: options[name] for name in OVERRIDES.values()}
    # Code of somebody's own is listed by its name: what is in it is seen by importing it, which is for a run to do.
    named = options["implementation"]
    overrides["implementation"] = implementation_of(named, source_of(named))
    gathered = gather(specs, options["keys"], options["max_memory"], overrides)
    with writing("standard output"):
        if options["form"] == "json":
            _print_json(gathered)
        elif gathered.checks:
            _print_table(gathered, options["color"])
    return exit_code(
        all_passed=True,
        checks=len(gathered.checks),
        invalid=gathered.invalid,
        interrupted=False,
        fault=False,
    )


def _rows(gathered: Gathered) -> list[dict[str, Any]]:
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
        for check in gathered.checks
    ]


def _print_json(gathered: Gathered) -> None:
    document = {"schema": SCHEMA, "checks": _rows(gathered), "errors": gathered.all_errors}
    standard_output().write(json_text(document) + "\n")
    sys.stdout.flush()


def _print_table(gathered: Gathered, colour: str) -> None:
    from convcheck.reports.tables.page import Page

    stream = standard_output()
    page = Page(stream, colour=wants_colour(colour, stream), width=width_of(stream))
    rows = [
        (shape_text(row["output_shape"]), str(row["forward_evaluations"]), shown(row["id"])) for row in _rows(gathered)
    ]
    # The id is last: it may be of any length, and runs over where the page ends.
    page.table(page.columns((("output", False), ("forward evaluations", True), ("id", False)), rows))
    page.blank()
    total = sum(int(row[1]) for row in rows)
    page.line(f"{count(len(rows), 'check')}, {count(total, 'forward evaluation')}")
    page.flush()

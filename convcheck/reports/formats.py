"""The formats of a report, by name. A new format is one file here and one line at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from convcheck.reports.run import Look, Report, Run

Make = Callable[[TextIO, Run, Look], Report]


# Each is imported when it is asked for: JSON has no use for rich, which takes longer to import than to use.
def table(stream: TextIO, run: Run, look: Look) -> Report:
    """For people: a block a check, and a summary."""
    from convcheck.reports.table import TableReport  # noqa: PLC0415

    return TableReport(stream, run, look)


def json(stream: TextIO, run: Run, look: Look) -> Report:
    """For programs: one document."""
    from convcheck.reports.json import JsonReport  # noqa: PLC0415

    return JsonReport(stream, run)


FORMATS: Mapping[str, Make] = {"table": table, "json": json}

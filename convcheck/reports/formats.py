"""The formats of a report, by name. A new format is one file here and one line at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from convcheck.reports.report import Look, Report, Run

Make = Callable[[TextIO, Run, Look], Report]


# Each is imported when it is asked for: JSON has no use for rich, which takes longer to import than to use.
def table(stream: TextIO, run: Run, look: Look) -> Report:
    """For people: a block a check, and a summary."""
    from convcheck.reports.tables.table import TableReport  # noqa: PLC0415

    return TableReport(stream, run, look)


def json(stream: TextIO, run: Run, look: Look) -> Report:
    """For programs: one document."""
    from convcheck.reports.json import JsonReport  # noqa: PLC0415

    return JsonReport(stream, run)


def jsonl(stream: TextIO, run: Run, look: Look) -> Report:
    """For programs that read along: one check a line."""
    from convcheck.reports.jsonl import JsonlReport  # noqa: PLC0415

    return JsonlReport(stream, run)


def junit(stream: TextIO, run: Run, look: Look) -> Report:
    """For CI servers: JUnit XML."""
    from convcheck.reports.junit import JunitReport  # noqa: PLC0415

    return JunitReport(stream, run)


def github(stream: TextIO, run: Run, look: Look) -> Report:
    """For GitHub Actions: annotations."""
    from convcheck.reports.github import GithubReport  # noqa: PLC0415

    return GithubReport(stream, run)


def markdown(stream: TextIO, run: Run, look: Look) -> Report:
    """For a job summary or a pull request."""
    from convcheck.reports.markdown import MarkdownReport  # noqa: PLC0415

    return MarkdownReport(stream, run)


def csv(stream: TextIO, run: Run, look: Look) -> Report:
    """For spreadsheets: a row a tensor."""
    from convcheck.reports.csv import CsvReport  # noqa: PLC0415

    return CsvReport(stream, run)


FORMATS: Mapping[str, Make] = {
    "table": table,
    "json": json,
    "jsonl": jsonl,
    "junit": junit,
    "github": github,
    "markdown": markdown,
    "csv": csv,
}

# What the end of a file's name says of its format.
SUFFIXES: Mapping[str, str] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "junit",
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".txt": "table",
}

"""The formats of a report, by name. A new format is a file beside this one, a function here and a line in FORMATS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TextIO

from convcheck.reports.report import Appearance, Invocation, Report

if TYPE_CHECKING:
    from convcheck.diagnosis.audited import Audit

MakeReport = Callable[[TextIO, Invocation, Appearance], Report]


# Each is imported when it is asked for: JSON has no use for rich, which takes longer to import than to use.
def table(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For people: a block a check, and a summary."""
    from convcheck.reports.tables.table import TableReport

    return TableReport(stream, invocation, appearance)


def json(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For programs: one document."""
    from convcheck.reports.json import JsonReport

    return JsonReport(stream, invocation)


def jsonl(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For programs that read along: one check a line."""
    from convcheck.reports.jsonl import JsonlReport

    return JsonlReport(stream, invocation)


def junit(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For CI servers: JUnit XML."""
    from convcheck.reports.junit import JunitReport

    return JunitReport(stream, invocation)


def github(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For GitHub Actions: annotations."""
    from convcheck.reports.github import GithubReport

    return GithubReport(stream, invocation)


def markdown(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For a job summary or a pull request."""
    from convcheck.reports.markdown import MarkdownReport

    return MarkdownReport(stream, invocation)


def csv(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For spreadsheets: a row a tensor."""
    from convcheck.reports.csv import CsvReport

    return CsvReport(stream, invocation)


def html(stream: TextIO, invocation: Invocation, appearance: Appearance) -> Report:
    """For people: a page with pictures of what is wrong."""
    from convcheck.reports.html.page import HtmlReport

    return HtmlReport(stream, invocation)


FORMATS: Mapping[str, MakeReport] = {
    "table": table,
    "json": json,
    "jsonl": jsonl,
    "junit": junit,
    "github": github,
    "markdown": markdown,
    "csv": csv,
    "html": html,
}

# An audit has no checks that come one by one: it is written when it is whole.
WriteAudit = Callable[[TextIO, "Audit", Appearance], None]


def _audit_format(name: str) -> WriteAudit:
    def write(stream: TextIO, audit: Audit, appearance: Appearance) -> None:
        from importlib import import_module

        import_module(f"convcheck.reports.audited.{name}").write(stream, audit, appearance)

    return write


AUDIT_FORMATS: Mapping[str, WriteAudit] = {
    name: _audit_format(name) for name in ("table", "json", "junit", "markdown", "html")
}

# What the end of a file's name says of its format.
FORMAT_BY_SUFFIX: Mapping[str, str] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "junit",
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
    ".txt": "table",
}

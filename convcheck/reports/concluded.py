"""Conclusions and checks as one text, as `convcheck run` prints them, for a program that has no terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO, TextIOWrapper

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import Conclusion
from convcheck.reports.report import Appearance, Invocation, RunEnd
from convcheck.reports.tables.conclusions import print_conclusions
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.table import TableReport


def conclusions_text(conclusions: Sequence[Conclusion], *, width: int = 100, encoding: str = "utf-8") -> str:
    """The conclusions alone, each with a blank line after it; empty where there are none."""
    with TextIOWrapper(BytesIO(), encoding, errors="replace", newline="\n") as stream:
        page = Page(stream, colour=False, width=width)
        print_conclusions(page, conclusions)
        page.flush()
        stream.seek(0)
        return stream.read()


def concluded_text(
    results: Sequence[Result],
    conclusions: Sequence[Conclusion],
    repeat: Callable[[Result], str],
    *,
    width: int = 100,
    encoding: str = "utf-8",
) -> str:
    """What is concluded, then how the checks came out, in characters that `encoding` has; no line break at the end."""
    with TextIOWrapper(BytesIO(), encoding, errors="replace", newline="\n") as stream:
        report = TableReport(stream, Invocation("", {}, {}, repeat), Appearance(width=width))
        for result in results:
            report.add(result)
        report.finish(RunEnd(conclusions=tuple(conclusions), seconds=sum(result.seconds for result in results)))
        stream.seek(0)
        return stream.read().removesuffix("\n")

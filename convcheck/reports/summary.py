"""The end of the table report: what did not pass with the commands that repeat it, then the counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from convcheck.checking.result import Result
from convcheck.reports.figures import count, seconds_text
from convcheck.reports.page import Page
from convcheck.reports.run import Ending
from convcheck.reports.shown import shown
from convcheck.reports.words import ORDER, STYLES, counts_text, expectation, reason


def print_summary(
    page: Page,
    not_passed: Sequence[Result],
    counts: Mapping[str, int],
    ending: Ending,
    repeat: Callable[[Result], str],
) -> None:
    """Failures first; the counts are the last line, where a person looks."""
    if not_passed:
        page.line(("Did not pass", "bold"))
        for result in sorted(not_passed, key=lambda result: ORDER.index(result.status)):
            _print_failure(page, result, repeat(result))
        page.blank()
    tail = [counts_text(counts)]
    if ending.errors:
        tail.append(count(len(ending.errors), "error in specs or options", "errors in specs or options"))
    if ending.interrupted:
        tail.append("interrupted")
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    style = "bold red" if grave else "bold yellow" if counts["undecided"] or counts["skipped"] else "bold green"
    page.line((", ".join(tail), style), f" ({seconds_text(ending.seconds)})")


def _print_failure(page: Page, result: Result, command: str) -> None:
    page.line((result.status, STYLES[result.status]), "  ", shown(result.id), indent=2)
    if why := shown(reason(result)) or expectation(result):
        page.prose(why, indent=6)
    # Not wrapped: it is there to be copied.
    page.line((shown(command), "cyan"), indent=6)

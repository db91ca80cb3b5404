"""The end of the table report: what passed with a warning, what did not pass and how to repeat it, the counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from convcheck.checking.result import Result
from convcheck.reports.figures import count, seconds_text
from convcheck.reports.page import Page
from convcheck.reports.run import Ending
from convcheck.reports.sentences import closing, why
from convcheck.reports.shown import shown
from convcheck.reports.words import ORDER, STYLES

# One cause is behind most of a hundred warnings of a kind: the first few show which.
MOST_NAMED = 5


def print_remarks(page: Page, warned: Mapping[str, Sequence[str]], skipped: Mapping[str, Sequence[str]]) -> None:
    """What passed with a warning, by its code, and what was skipped, by the reason; each with the ids."""
    for title, word, groups in (("Passed with a warning", "warning", warned), ("Skipped", "skip", skipped)):
        if groups:
            page.line((title, "bold"))
            for said, ids in groups.items():
                _print_group(page, word, said, ids)
            page.blank()


def print_summary(
    page: Page,
    not_passed: Sequence[Result],
    counts: Mapping[str, int],
    ending: Ending,
    repeat: Callable[[Result], str],
) -> None:
    """Failures before the counts, which are the last line, where a person looks."""
    if not_passed:
        page.line(("Did not pass", "bold"))
        for result in sorted(not_passed, key=lambda result: ORDER.index(result.status)):
            _print_failure(page, result, repeat(result))
        page.blank()
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    doubtful = counts["undecided"] or counts["skipped"] or counts["warnings"]
    style = "red" if grave else "yellow" if doubtful else "green"
    page.line((closing(counts, ending), f"bold {style}"), f" ({seconds_text(ending.seconds)})")


def _print_group(page: Page, word: str, said: str, ids: Sequence[str]) -> None:
    page.prose(f"\xa0 {shown(said)} in {count(len(ids), 'check')}", lead=word, style=STYLES[word], indent=2, hanging=4)
    for one in ids[:MOST_NAMED]:
        page.line(shown(one), indent=6)
    if len(ids) > MOST_NAMED:
        page.line(f"and {len(ids) - MOST_NAMED:,} more", indent=6)


def _print_failure(page: Page, result: Result, command: str) -> None:
    page.line((result.status, STYLES[result.status]), "  ", shown(result.id), indent=2)
    if said := why(result):
        page.prose(said, indent=6)
    # Not wrapped: it is there to be copied.
    page.line((shown(command), "cyan"), indent=6)

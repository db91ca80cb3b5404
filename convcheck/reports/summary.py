"""The end of the table report: what passed with a warning, what did not pass and how to repeat it, the counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from convcheck.checking.result import Result
from convcheck.reports.figures import count, seconds_text
from convcheck.reports.page import Page
from convcheck.reports.run import Ending
from convcheck.reports.sentences import closing, why
from convcheck.reports.shown import shown
from convcheck.reports.words import ORDER, STYLES, gravest

# One cause is behind most of a hundred warnings of a kind: the first few show which.
MOST_NAMED = 5


def print_remarks(page: Page, warned: Mapping[str, Sequence[str]], skipped: Sequence[Result]) -> None:
    """What passed with a warning (its code to ids), and what was skipped, with why."""
    if warned:
        page.line(("Passed with a warning", "bold"))
        for code, ids in warned.items():
            page.line(("warning", STYLES["warning"]), f"  {shown(code)} in {count(len(ids), 'check')}", indent=2)
            _print_ids(page, ids)
        page.blank()
    if skipped:
        page.line(("Skipped", "bold"))
        # One function that is not written yet is why a whole suite is skipped.
        alike: dict[tuple[str, str], list[Result]] = {}
        for result in skipped:
            telling = gravest(result)
            alike.setdefault((telling.code if telling else "skipped", result.implementation), []).append(result)
        for (code, implementation), those in alike.items():
            said = f"  {shown(code)} in {count(len(those), 'check')} of {shown(implementation)}"
            page.line(("skip", STYLES["skip"]), said, indent=2)
            page.prose(why(those[0]), indent=6)
            _print_ids(page, [result.id for result in those])
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


def _print_ids(page: Page, ids: Sequence[str]) -> None:
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

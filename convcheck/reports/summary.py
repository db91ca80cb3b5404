"""The end of the table report: what did not pass and how to repeat it, and the counts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from convcheck.reports.figures import seconds_text
from convcheck.reports.page import Page
from convcheck.reports.run import Ending
from convcheck.reports.sentences import closing
from convcheck.reports.shown import shown
from convcheck.reports.words import ORDER, STYLES


class Failure(NamedTuple):
    """What is said once more of a check that did not pass."""

    status: str
    id: str
    why: str
    repeat: str


def print_summary(page: Page, not_passed: Sequence[Failure], counts: Mapping[str, int], ending: Ending) -> None:
    """Failures before the counts, which are the last line, where a person looks."""
    if not_passed:
        page.line(("Did not pass", "bold"))
        for failure in sorted(not_passed, key=lambda failure: ORDER.index(failure.status)):
            _print_failure(page, failure)
        page.blank()
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    doubtful = counts["undecided"] or counts["skipped"] or counts["warnings"]
    style = "red" if grave else "yellow" if doubtful else "green"
    page.line((closing(counts, ending), f"bold {style}"), f" ({seconds_text(ending.seconds)})")


def _print_failure(page: Page, failure: Failure) -> None:
    page.line((failure.status, STYLES[failure.status]), "  ", shown(failure.id), indent=2)
    if failure.why:
        page.prose(failure.why, indent=6)
    # Not wrapped: it is there to be copied.
    page.line((shown(failure.repeat), "cyan"), indent=6)

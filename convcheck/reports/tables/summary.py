"""The end of the table report: what did not pass and how to repeat it, and the counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from convcheck.reports.report import Ending
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.reports.wording.sentences import closing
from convcheck.reports.wording.words import ORDER, STYLES

# The sizes at which an error came up are said above, where the check is.
CALLED = "; called with "


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
        for alike in _alike(sorted(not_passed, key=lambda failure: ORDER.index(failure.status))):
            _print_failures(page, alike)
        page.blank()
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    doubtful = counts["undecided"] or counts["skipped"] or counts["warnings"]
    style = "red" if grave else "yellow" if doubtful else "green"
    page.line((closing(counts, ending), f"bold {style}"), f" ({seconds_text(ending.seconds)})")


def _alike(failures: Iterable[Failure]) -> Iterable[list[Failure]]:
    """The failures, those together that ended in the same error: one line that raises does so in every check."""
    found: dict[str | int, list[Failure]] = {}
    for number, failure in enumerate(failures):
        told = failure._replace(why=failure.why.partition(CALLED)[0])
        found.setdefault(told.why if told.status == "error" and told.why else number, []).append(told)
    return found.values()


def _print_failures(page: Page, alike: Sequence[Failure]) -> None:
    for failure in alike:
        page.line((failure.status, STYLES[failure.status]), "  ", shown(failure.id), indent=2)
    if alike[0].why:
        page.prose(alike[0].why, indent=6)
    # Not wrapped: it is there to be copied.
    page.line((shown(alike[0].repeat), "cyan"), indent=6)

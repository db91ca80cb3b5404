"""The end of the table report: what did not pass and how to repeat it, and the counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from convcheck.implementations.source import NotChecked
from convcheck.reports.report import RunEnd
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.reports.wording.sentences import outcome_text
from convcheck.reports.wording.words import ORDER, STYLES

# What follows in the message of an error, the sizes at which it came up, differs from check to check. It stands above,
# in the block of the check.
CALLED_WITH = "; called with "

# A file full of layers that are not known is told by its first few.
MOST_NOT_CHECKED = 5


class FailedCheck(NamedTuple):
    """A check that did not pass, with what the summary says of it once more."""

    status: str
    id: str
    why: str
    repeat: str


def print_not_checked(page: Page, seen: Sequence[NotChecked]) -> None:
    """What was seen in the code and not checked, a line each, and what to do about the first where that is known."""
    if not seen:
        return
    page.line(("Not checked", "bold"))
    for one in seen[:MOST_NOT_CHECKED]:
        page.prose(shown(one.text()), indent=2, hanging=4)
    if (more := len(seen) - MOST_NOT_CHECKED) > 0:
        page.line(f"and {more:,} more, which the JSON report has", indent=2)
    if hint := next((one.hint for one in seen if one.hint), ""):
        page.prose(shown(hint), indent=2, hanging=4)
    page.blank()


def print_summary(page: Page, not_passed: Sequence[FailedCheck], counts: Mapping[str, int], ending: RunEnd) -> None:
    """The failures first; the counts are the last line, where a person looks."""
    if not_passed:
        page.line(("Did not pass", "bold"))
        for group in _grouped(sorted(not_passed, key=lambda failure: ORDER.index(failure.status))):
            _print_failures(page, group)
        page.blank()
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    doubtful = counts["undecided"] or counts["skipped"] or counts["warnings"]
    style = "red" if grave else "yellow" if doubtful else "green"
    page.line((outcome_text(counts, ending), f"bold {style}"), f" ({seconds_text(ending.seconds)})")


def _grouped(failures: Iterable[FailedCheck]) -> Iterable[list[FailedCheck]]:
    """The failures in groups that ended in the same error: a line of code that raises does so in every check."""
    groups: dict[str | int, list[FailedCheck]] = {}
    for number, failure in enumerate(failures):
        why = failure.why.partition(CALLED_WITH)[0]
        key: str | int = why if failure.status == "error" and why else number
        groups.setdefault(key, []).append(failure._replace(why=why))
    return groups.values()


def _print_failures(page: Page, group: Sequence[FailedCheck]) -> None:
    for failure in group:
        page.line((failure.status, STYLES[failure.status]), "  ", shown(failure.id), indent=2)
    if group[0].why:
        page.prose(group[0].why, indent=6)
    # Not wrapped: it is there to be copied.
    page.line((shown(group[0].repeat), "cyan"), indent=6)

"""The end of the table report: what did not pass and how to repeat it, and the counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from convcheck.checking.result import Result
from convcheck.implementations.source import NotChecked
from convcheck.reports.headline import headline
from convcheck.reports.report import RunEnd
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.reports.wording.sentences import outcome_text, why
from convcheck.reports.wording.words import ORDER, STYLES

# What follows in the message of an error, the sizes at which it came up, differs from check to check. It stands above,
# in the block of the check.
CALLED_WITH = "; called with "

# A file full of layers that are not known is told by its first few.
MOST_NOT_CHECKED = 5


Cause = tuple[str, ...]


class FailedCheck(NamedTuple):
    """A check that did not pass, with what the summary says of it once more.

    `cause` is equal for checks that failed in the same way, None where only the check's own figures tell how it did.
    """

    status: str
    id: str
    why: str
    repeat: str
    cause: Cause | None = None


def failed_check(result: Result, repeat: str) -> FailedCheck:
    """The result of a check that did not pass, with the command that repeats it.

    An error that ended checks has one cause for all of them: a line of code that raises does so in every check. So has
    what is wrong where every number is right, such as the shape of a gradient, whose sizes alone differ.
    """
    said = why(result)
    if result.status == "error" and said:
        said = said.partition(CALLED_WITH)[0]
        return FailedCheck(result.status, result.id, said, repeat, (said,))
    errors = tuple(f"{one.code} {one.tensor}" for one in result.findings if one.severity == "error")
    if not errors or any(tensor.verdict in ("wrong", "undecided") for tensor in result.tensors):
        return FailedCheck(result.status, result.id, headline(result, worst=False), repeat)
    return FailedCheck(result.status, result.id, said, repeat, (result.implementation, *errors))


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


def print_summary(
    page: Page, not_passed: Sequence[FailedCheck], places: Sequence[str], counts: Mapping[str, int], ending: RunEnd
) -> None:
    """The failures first, then the `places` that they share; the counts are the last line, where a person looks."""
    if not_passed:
        page.line(("Did not pass", "bold"))
        for group in _grouped(sorted(not_passed, key=lambda failure: ORDER.index(failure.status))):
            _print_failures(page, group)
        for place in places:
            page.prose(shown(place), indent=2, hanging=4)
        page.blank()
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    doubtful = counts["undecided"] or counts["skipped"] or counts["not_run"] or counts["warnings"]
    style = "red" if grave else "yellow" if doubtful else "green"
    page.line((outcome_text(counts, ending), f"bold {style}"), f" ({seconds_text(ending.seconds)})")


def _grouped(failures: Iterable[FailedCheck]) -> Iterable[list[FailedCheck]]:
    """The failures in groups with the same status and cause."""
    groups: dict[tuple[str, Cause | int], list[FailedCheck]] = {}
    for number, failure in enumerate(failures):
        groups.setdefault((failure.status, failure.cause or number), []).append(failure)
    return groups.values()


def _print_failures(page: Page, group: Sequence[FailedCheck]) -> None:
    for failure in group:
        page.line((failure.status, STYLES[failure.status]), "  ", shown(failure.id), indent=2)
    if group[0].why:
        others = len({failure.why for failure in group}) > 1
        page.prose(group[0].why + (", and likewise in the others" if others else ""), indent=6)
    # Not wrapped: it is there to be copied.
    page.line((shown(group[0].repeat), "cyan"), indent=6)

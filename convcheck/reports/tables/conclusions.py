"""The conclusions on the page: for each implementation with something wrong, why, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.diagnosis.conclusion import Cause, Conclusion
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import count, listed

# Beyond so many causes, the others follow from these more often than not; the JSON report has them all.
MOST_CAUSES = 4


def print_conclusions(page: Page, conclusions: Sequence[Conclusion]) -> None:
    """Print them, one after the other."""
    for conclusion in conclusions:
        place = "" if conclusion.line is None else f":{conclusion.line}"
        names = conclusion.implementation.rpartition(":")[2] if conclusion.file else conclusion.implementation
        where = f"{conclusion.file}{place}  {names}" if conclusion.file else names
        wrong = f"  wrong: {listed([*map(_in_words, conclusion.wrong)])}" if conclusion.wrong else ""
        page.line((shown(where), "bold"), f"  {shown(conclusion.layer)}", (wrong, "red"))
        for cause in conclusion.causes[:MOST_CAUSES]:
            _print_cause(page, cause, conclusion)
        if (more := len(conclusion.causes) - MOST_CAUSES) > 0:
            page.line(f"and {count(more, 'other cause')}, which the JSON report has", indent=2)
        if conclusion.example:
            page.prose(f"e.g. {conclusion.example}", indent=2, hanging=4)
        page.line((shown(conclusion.repeat), "cyan"), indent=2)
        page.blank()


def _print_cause(page: Page, cause: Cause, conclusion: Conclusion) -> None:
    page.prose(shown(cause.sentence), indent=2, hanging=4)
    seen = f"seen in {cause.seen} of {count(conclusion.checks, 'check')}"
    page.prose(f"{seen}, {cause.evidence}" if cause.evidence else seen, indent=4, hanging=2)
    if cause.mend:
        page.prose(f"mend: {shown(cause.mend)}", indent=4, hanging=2)


def _in_words(tensor: str) -> str:
    return "the output" if tensor == "forward" else tensor

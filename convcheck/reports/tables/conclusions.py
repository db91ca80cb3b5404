"""The conclusions on the page: for each implementation with something wrong, why, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.diagnosis.conclusion import Conclusion
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.conclusions import (
    MOST_CAUSES,
    causes_left_out,
    evidence_of,
    names_of,
    wrong_in_words,
)
from convcheck.reports.wording.figures import shown


def print_conclusions(page: Page, conclusions: Sequence[Conclusion]) -> None:
    """Print them, one after the other."""
    for conclusion in conclusions:
        place = f"{conclusion.file}:{conclusion.line}  " if conclusion.file else ""
        wrong = wrong_in_words(conclusion)
        page.line(
            (shown(place + names_of(conclusion)), "bold"),
            f"  {shown(conclusion.layer)}",
            (f"  wrong: {wrong}" if wrong else "", "red"),
        )
        for cause in conclusion.causes[:MOST_CAUSES]:
            page.prose(shown(cause.sentence), indent=2, hanging=2)
            if evidence := evidence_of(cause, conclusion):
                page.prose(evidence, indent=4, hanging=2)
            if cause.mend:
                page.prose(f"mend: {shown(cause.mend)}", indent=4, hanging=2)
        if left_out := causes_left_out(conclusion):
            page.line(left_out, indent=2)
        if conclusion.example:
            page.prose(f"e.g. {conclusion.example}", indent=2, hanging=4)
        # Not wrapped: it is there to be copied.
        page.line((shown(conclusion.repeat), "cyan"), indent=2)
        page.blank()

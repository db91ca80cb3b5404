"""The conclusions on the page: for each implementation with something wrong, why, and where to begin."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.diagnosis.conclusion import Conclusion
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.conclusions import evidence_of, names_of, wrong_in_words
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import count

# Two causes are what a person mends before the next run; the others follow from these more often than not.
MOST_CAUSES = 2
MOST_CONCLUSIONS = 20


def print_conclusions(page: Page, conclusions: Sequence[Conclusion], *, verbose: bool = False) -> None:
    """Print them, one after the other; with `verbose` all of them, each with all causes."""
    for conclusion in conclusions if verbose else conclusions[:MOST_CONCLUSIONS]:
        _print_conclusion(page, conclusion, verbose=verbose)
        page.blank()
    if not verbose and (more := len(conclusions) - MOST_CONCLUSIONS) > 0:
        page.line(f"and {count(more, 'implementation')} more with something wrong: -v shows them")
        page.blank()


def _print_conclusion(page: Page, conclusion: Conclusion, *, verbose: bool) -> None:
    place = f"{conclusion.file}:{conclusion.line}  " if conclusion.file else ""
    wrong = wrong_in_words(conclusion)
    page.line(
        (shown(place + names_of(conclusion)), "bold"),
        f"  {shown(conclusion.layer)}",
        (f"  wrong: {wrong}" if wrong else "", "red"),
    )
    causes = conclusion.causes if verbose else conclusion.causes[:MOST_CAUSES]
    for cause in causes:
        page.prose(shown(cause.sentence), indent=2, hanging=2)
        if evidence := evidence_of(cause, conclusion):
            page.prose(evidence, indent=4, hanging=2)
        if cause.mend:
            page.prose(f"mend: {shown(cause.mend)}", indent=4, hanging=2)
    if more := len(conclusion.causes) - len(causes):
        page.line(f"and {count(more, 'other cause')}: -v shows all", indent=2)
    if conclusion.example:
        page.prose(f"e.g. {conclusion.example}", indent=2, hanging=4)
    # Neither wrapped nor beside anything: it is there to be copied.
    page.line((shown(conclusion.repeat), "cyan"), indent=2)

"""What passed with a warning and what was skipped, in few words: at the end of a long report both are far up."""

from __future__ import annotations

from convcheck.checking.result import Result
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import count, shown
from convcheck.reports.wording.sentences import why
from convcheck.reports.wording.words import STYLES, gravest

# One cause is behind most of a hundred warnings of a kind: the first few show which.
MOST_NAMED = 5


class Alike:
    """Checks of which the same is said: the ids of the first few, how many there are, and why the first one is one."""

    def __init__(self, why: str = "") -> None:
        self.why = why
        self.ids: list[str] = []
        self.number = 0

    def add(self, one: str) -> None:
        """Count one check, by its id."""
        self.number += 1
        if len(self.ids) < MOST_NAMED:
            self.ids.append(one)


class Remarks:
    """Takes the results one by one, and keeps no more of them than it will print."""

    def __init__(self) -> None:
        # By the code of the warning.
        self._warned: dict[str, Alike] = {}
        # By code and implementation: one function that is not written yet is why a whole suite is skipped.
        self._skipped: dict[tuple[str, str], Alike] = {}

    def add_warned(self, result: Result) -> None:
        """Take a check that passed, if it did so with a warning."""
        for code in dict.fromkeys(one.code for one in result.findings if one.severity == "warning"):
            self._warned.setdefault(code, Alike()).add(result.id)

    def add_skipped(self, result: Result) -> None:
        """Take a check that was skipped."""
        telling = gravest(result)
        key = telling.code if telling else "skipped", result.implementation
        if key not in self._skipped:
            self._skipped[key] = Alike(why(result))
        self._skipped[key].add(result.id)

    def print(self, page: Page) -> None:
        """Print what there is to say."""
        if self._warned:
            page.line(("Passed with a warning", "bold"))
            for code, those in self._warned.items():
                said = f"  {shown(code)} in {count(those.number, 'check')}"
                page.line(("warning", STYLES["warning"]), said, indent=2)
                _print_ids(page, those)
            page.blank()
        if self._skipped:
            page.line(("Skipped", "bold"))
            for (code, implementation), those in self._skipped.items():
                said = f"  {shown(code)} in {count(those.number, 'check')} of {shown(implementation)}"
                page.line(("skip", STYLES["skip"]), said, indent=2)
                page.prose(those.why, indent=6)
                _print_ids(page, those)
            page.blank()


def _print_ids(page: Page, those: Alike) -> None:
    for one in those.ids:
        page.line(shown(one), indent=6)
    if more := those.number - len(those.ids):
        page.line(f"and {more:,} more", indent=6)

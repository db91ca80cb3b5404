"""What passed with a warning and what was skipped, once more in few words at the end of a long report."""

from __future__ import annotations

from convcheck.checking.result import Result
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import why
from convcheck.reports.wording.words import STYLES, gravest_finding
from convcheck.spec.showing import count

# A hundred warnings of a kind mostly have one cause, which the first few of them show.
MOST_IDS = 3


class CheckGroup:
    """Checks with the same warning or reason: how many, the ids of the first few, and the first one's reason."""

    def __init__(self, why: str = "") -> None:
        self.why = why
        self.ids: list[str] = []
        self.number = 0

    def add(self, check_id: str) -> None:
        """Count one check, by its id."""
        self.number += 1
        if len(self.ids) < MOST_IDS:
            self.ids.append(check_id)


class Remarks:
    """Takes the results one by one, and keeps of them only what it will print."""

    def __init__(self) -> None:
        # By code and implementation: a whole suite is skipped where one function is not written yet.
        self._warned: dict[tuple[str, str], CheckGroup] = {}
        self._skipped: dict[tuple[str, str], CheckGroup] = {}

    def add_warned(self, result: Result) -> None:
        """Take a check that passed, if it did so with a warning."""
        warnings = [one for one in result.findings if one.severity == "warning"]
        for finding in {one.code: one for one in reversed(warnings)}.values():
            said = finding.message + (f"; mend: {finding.hint}" if finding.hint else "")
            self._warned.setdefault((finding.code, result.implementation), CheckGroup(said)).add(result.id)

    def add_skipped(self, result: Result) -> None:
        """Take a check that was skipped."""
        finding = gravest_finding(result)
        key = finding.code if finding else "skipped", result.implementation
        if key not in self._skipped:
            self._skipped[key] = CheckGroup(why(result))
        self._skipped[key].add(result.id)

    def print_warned(self, page: Page) -> None:
        """Print the checks that passed with a warning, where there are any."""
        if not self._warned:
            return
        page.line(("Passed with a warning", "bold"))
        for (code, implementation), group in self._warned.items():
            said = f"  {shown(code)} in {count(group.number, 'check')} of {shown(implementation)}"
            page.line(("warning", STYLES["warning"]), said, indent=2)
            page.prose(shown(group.why), indent=6)
            _print_ids(page, group)
        page.blank()

    def print_skipped(self, page: Page) -> None:
        """Print the checks that were skipped, where there are any, each reason once."""
        if not self._skipped:
            return
        page.line(("Skipped", "bold"))
        for (code, implementation), group in self._skipped.items():
            said = f"  {shown(code)} in {count(group.number, 'check')} of {shown(implementation)}"
            page.line(("skip", STYLES["skip"]), said, indent=2)
            page.prose(group.why, indent=6)
            _print_ids(page, group)
        page.blank()


def _print_ids(page: Page, group: CheckGroup) -> None:
    for check_id in group.ids:
        page.line(shown(check_id), indent=6)
    if more := group.number - len(group.ids):
        page.line(f"and {more:,} more", indent=6)

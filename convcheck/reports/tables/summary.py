"""The end of the table report: what did not pass and no conclusion explains, what was not checked, and the counts."""

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import CALLED_WITH, blames_code
from convcheck.implementations.source import NotChecked
from convcheck.reports.headline import headline
from convcheck.reports.report import RunEnd
from convcheck.reports.tables.page import Page
from convcheck.reports.tables.remarks import CheckGroup
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.reports.wording.sentences import outcome_text, why
from convcheck.reports.wording.words import ORDER, STYLES
from convcheck.spec.showing import count

# A file full of layers that are not known is told by its first few.
MOST_REASONS = 5
MOST_NAMES = 3


class Alike(NamedTuple):
    """What checks that failed in the same way have in common."""

    status: str
    implementation: str
    layer: str
    kind: str
    blames_code: bool


class NotPassed:
    """The checks that did not pass, those that failed alike together: how many, the first few, and why the first."""

    def __init__(self) -> None:
        self._groups: dict[Alike, CheckGroup] = {}
        self._repeat: dict[Alike, str] = {}

    def add(self, result: Result, repeat: str) -> None:
        """Take one, with the command that repeats it."""
        alike = alike_of(result)
        if alike not in self._groups:
            self._groups[alike] = CheckGroup(_why(result))
            self._repeat[alike] = repeat
        self._groups[alike].add(result.id)

    def print(self, page: Page, concluded: Container[tuple[str, str]]) -> None:
        """Print them, but for those of which there is a conclusion: its implementation and layer are `concluded`."""
        left = [alike for alike in self._groups if not _is_concluded(alike, concluded)]
        if not left:
            return
        page.line(("Did not pass", "bold"))
        for alike in sorted(left, key=lambda alike: ORDER.index(alike.status)):
            group = self._groups[alike]
            for check_id in group.ids:
                page.line((alike.status, STYLES[alike.status]), "  ", shown(check_id), indent=2)
            if more := group.number - len(group.ids):
                page.line(f"and {more:,} more", indent=6)
            if group.why:
                page.prose(group.why, indent=6)
            # Not wrapped: it is there to be copied.
            page.line((shown(self._repeat[alike]), "cyan"), indent=6)
        page.blank()


def alike_of(result: Result) -> Alike:
    """Why it did not pass, as far as checks that failed in the same way agree on it.

    An error that ended checks has one cause for all of them: a line of code that raises does so in every check. Of what
    was found in others the kind is the same, whatever the figures.
    """
    if result.status == "error":
        kind = _why(result)
    else:
        found = [f"{one.code} {one.tensor}" for one in result.findings if one.severity == "error"]
        kind = ", ".join([*found, *(f"{one.name} {one.verdict}" for one in result.tensors)])
    return Alike(result.status, result.implementation, result.layer, kind, blames_code(result))


def _why(result: Result) -> str:
    if result.status == "error" and (said := why(result)):
        return said.partition(CALLED_WITH)[0]
    return headline(result, worst=False)


def _is_concluded(alike: Alike, concluded: Container[tuple[str, str]]) -> bool:
    return alike.blames_code and (alike.implementation, alike.layer) in concluded


def print_not_checked(page: Page, seen: Sequence[NotChecked]) -> None:
    """What was seen in the code and not checked, by reason, and what to do about the first where that is known."""
    if not seen:
        return
    reasons: dict[str, list[str]] = {}
    for one in seen:
        reasons.setdefault(one.why, []).append(f"{','.join(one.names)} (line {one.line})")
    page.line(("Not checked", "bold"))
    for reason, names in [*reasons.items()][:MOST_REASONS]:
        more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
        page.prose(shown(f"{', '.join(names[:MOST_NAMES])}{more}: {reason}"), indent=2, hanging=4)
    if left := sum(map(len, [*reasons.values()][MOST_REASONS:])):
        page.line(f"and {left:,} more, which the JSON report has", indent=2)
    if hint := next((one.hint for one in seen if one.hint), ""):
        page.prose(shown(hint), indent=2, hanging=4)
    page.blank()


def print_slowest(page: Page, slowest: Sequence[tuple[float, str]]) -> None:
    """The checks that took longest, with their seconds."""
    page.line((f"Slowest {count(len(slowest), 'check')}", "bold"))
    for seconds, check_id in slowest:
        page.line(f"{seconds_text(seconds):>8}  {shown(check_id)}", indent=2)
    page.blank()


def print_counts(page: Page, counts: Mapping[str, int], ending: RunEnd) -> None:
    """The last line, where a person looks: how many checks came out how."""
    grave = counts["fail"] or counts["error"] or ending.errors or ending.interrupted
    doubtful = counts["undecided"] or counts["skipped"] or counts["not_run"] or counts["warnings"]
    style = "red" if grave else "yellow" if doubtful else "green"
    page.line((outcome_text(counts, ending), f"bold {style}"), f" ({seconds_text(ending.seconds)})")

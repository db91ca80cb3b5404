"""What a report is given: how convcheck was called, the results one after the other, and how the run ended."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import Conclusion
from convcheck.implementations.source import NotChecked


class Invalid(NamedTuple):
    """A spec, or an option for one check, that could not be used; the other checks are run all the same.

    `line` and `column` count from 1, and are None where a whole file is meant. `source` is the line of the file, or
    of a long one what stands around the column.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    source: str | None = None
    hint: str | None = None


class Invocation(NamedTuple):
    """What is known before the first check: how convcheck was called, and the command that repeats one check.

    `stubs` names modules that the code under test imports and that are not there: empty ones stand in for them.
    """

    version: str
    arguments: Mapping[str, Any]
    environment: Mapping[str, str]
    repeat: Callable[[Result], str]
    stubs: tuple[str, ...] = ()


class RunEnd(NamedTuple):
    """What is known after the last check. `not_run` counts the checks that were planned and not finished.

    `interrupted`: by a signal, Ctrl-C for one. `fault`: a fault in convcheck itself stopped the run. `not_checked` is
    what was seen in the code under test beside what was checked, `conclusions` what is said of what failed.
    """

    errors: tuple[Invalid, ...] = ()
    not_run: int = 0
    interrupted: bool = False
    seconds: float = 0.0
    fault: bool = False
    not_checked: tuple[NotChecked, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()


class Appearance(NamedTuple):
    """How a report for people is to look: `width` in columns, None for no limit; so many of the slowest checks as
    `durations`. A report for programs ignores it.
    """

    colour: bool = False
    width: int | None = None
    quiet: bool = False
    verbose: bool = False
    durations: int = 0


# Beside the reason of a check that was skipped: its sizes are none.
UNTESTED = "untested"


class Tally:
    """Counts the checks by their status, and those that have a warning."""

    def __init__(self) -> None:
        self.by_status: Counter[str] = Counter()
        self.warned = 0
        # Implementation and layer: whether anything of it was looked at, and whether it declined sizes that tile.
        self._looked_at: dict[tuple[str, str], bool] = {}
        self._untested: set[tuple[str, str]] = set()

    def add(self, result: Result) -> None:
        """Count one check."""
        findings = [(finding.code, finding.severity) for finding in result.findings]
        self.count(result.implementation, result.layer, result.status, findings)

    def count(self, implementation: str, layer: str, status: str, findings: Iterable[tuple[str, str]]) -> None:
        """Count one check by its status and the codes and severities of its findings."""
        self.by_status[status] += 1
        subject, skipped, known = (implementation, layer), status == "skipped", list(findings)
        warnings = {code for code, severity in known if severity == "warning"}
        # What was skipped has a warning that says why: it is counted already.
        self.warned += UNTESTED in warnings if skipped else bool(warnings)
        self._looked_at[subject] = self._looked_at.get(subject, False) or not skipped
        if any(code == UNTESTED for code, _ in known):
            self._untested.add(subject)

    @property
    def declined(self) -> list[tuple[str, str]]:
        """Each implementation, with its layer, of which nothing was seen but that it declines, even sizes that tile."""
        return [one for one, looked_at in self._looked_at.items() if not looked_at and one in self._untested]

    def counts(self, not_run: int) -> dict[str, int]:
        """Checks planned, then each status, then those that were not run. "warnings" counts checks that have one."""
        counted = {status: self.by_status[status] for status in ("pass", "fail", "undecided", "error", "skipped")}
        counted["not_run"] = not_run
        return {"checks": sum(counted.values()), **counted, "warnings": self.warned}


class Report(Protocol):
    """A report in one format, written to the stream that it was made with. Its methods raise what the stream raises."""

    def add(self, result: Result) -> None:
        """Take one finished check."""

    def finish(self, ending: RunEnd) -> None:
        """Write what can only be written at the end. Called once, also after an interruption."""

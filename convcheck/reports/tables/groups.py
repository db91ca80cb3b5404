"""The checks of one file or one implementation together: a line that says how they came out, and what was covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from convcheck.checking.result import Result
from convcheck.reports.tables.page import UNBROKEN, Page
from convcheck.reports.wording.figures import at_most, shown
from convcheck.reports.wording.words import GRAVEST, STYLES, WORDS, by_status, only_directions, status_of
from convcheck.spec.showing import count, listed

# More lines than these are joined, layer by layer; more than those after that, all layers that came out alike.
MOST_LINES = 6
MOST_LAYERS = 10
# The column of layers is as wide as the longest name, unless that is a list of them.
MOST_PADDED = 20
# What stands around a constant that is built in.
_CHECKED_WITH, _BUILT_IN = "checked with ", ", which is built into it"


class Coverage:
    """What the checks that passed have covered of their gradients; the least of it is what holds for all."""

    def __init__(self) -> None:
        self._gradients = False
        self._in_part = False
        self._compared = False
        self._sees = 0.0

    def add(self, result: Result) -> None:
        """Take one check."""
        # Where entries tie, code decides which of them wins: there are none to compare one by one. And the output is
        # always compared whole.
        # Of one that a warning is about there may be no verdict.
        names = {tensor.name for tensor in result.tensors}
        warned = {finding.tensor for finding in result.findings if finding.severity == "warning"}
        if warned - names - {None, "forward"}:
            self._gradients = self._in_part = True
        for tensor in result.tensors if result.data != "ties" else ():
            if tensor.name != "forward":
                self._gradients = True
                self._in_part |= tensor.sees is None and (only_directions(tensor) or tensor.checked < tensor.entries)
                self._compared |= tensor.verdict == "within_bound"
                self._sees = max(self._sees, tensor.sees or 0.0)

    def join(self, other: Coverage) -> None:
        """Take what the other has covered as well."""
        self._gradients |= other._gradients
        self._in_part |= other._in_part
        self._compared |= other._compared
        self._sees = max(self._sees, other._sees)

    @property
    def kind(self) -> str:
        """What tells it from others, but for its figures."""
        return self.text().partition(" within ")[0]

    def text(self) -> str:
        """In words: "every entry proved"."""
        if not self._gradients:
            return "the output compared"
        if self._in_part:
            return "not every entry compared (-v shows how many)"
        if self._sees:
            return f"every entry to within {at_most(self._sees)} of its terms"
        return "every entry compared" if self._compared else "every entry proved"


class CheckLine:
    """What one line says: of how many checks, by status, and what those that passed have covered."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.coverage = Coverage()
        self._expected = 0
        self._output_alone = 0
        # What the code does by itself, as each check says it, one constant at a time.
        self._built_in: set[str] = set()

    def add(self, result: Result) -> None:
        """Count one check."""
        self.statuses[result.status] += 1
        self._built_in |= {finding.message for finding in result.findings if finding.code == "built-in"}
        if result.status == "pass":
            if result.expect == "fail":
                self._expected += 1
            else:
                self.coverage.add(result)
                self._output_alone += any(finding.code == "forward-only" for finding in result.findings)

    def join(self, other: CheckLine) -> None:
        """Take the other's checks as well."""
        self.statuses += other.statuses
        self.coverage.join(other.coverage)
        self._expected += other._expected
        self._output_alone += other._output_alone
        self._built_in |= other._built_in

    def text(self, of: str) -> str:
        """The counts, `of` which file or code, and what the checks have covered where all passed."""
        said = [count(sum(self.statuses.values()), "check") + (f" of {of}" if of else "")]
        if set(self.statuses) != {"pass"}:
            said.append(by_status(self.statuses))
        elif self.statuses["pass"] > self._expected:
            said.append(self.coverage.text())
            if self._output_alone:
                said.append(f"{self._output_alone:,} of the output alone")
        if self._expected:
            said.append(f"{self._expected:,} fail as expected")
        said += self._of_built_in()
        return ", ".join(said)

    def _of_built_in(self) -> list[str]:
        """The constants that have one value in all checks, in one sentence."""
        parts = sorted(message.removeprefix(_CHECKED_WITH).removesuffix(_BUILT_IN) for message in self._built_in)
        values = Counter(part.partition(" = ")[0] for part in parts)
        alone = [part for part in parts if values[part.partition(" = ")[0]] == 1]
        if not alone:
            return []
        return [f"{_CHECKED_WITH}{listed(alone)}{_BUILT_IN if len(alone) == 1 else ', which are built into it'}"]


class CheckLines:
    """Takes the results one by one; what it keeps does not grow with them. `by_file`: not by implementation."""

    def __init__(self, *, by_file: bool) -> None:
        self._by_file = by_file
        self._lines: dict[tuple[str, str], CheckLine] = {}

    def add(self, result: Result) -> None:
        """Count one check."""
        subject = result.file if self._by_file else result.implementation
        self._lines.setdefault((subject or "", result.layer), CheckLine()).add(result)

    def print(self, page: Page) -> None:
        """Print them, what did not pass first."""
        lines = self._ordered()
        if len(lines) > MOST_LINES:
            lines = self._joined()
        if len(lines) > MOST_LAYERS:
            lines = _layers_joined(lines)
        words = [WORDS.get(status := status_of(line.statuses), status) for _, line in lines]
        widths = max(map(len, words), default=0), max((len(shown(layer)) for (_, layer), _ in lines), default=0)
        for word, ((subject, layer), line) in zip(words, lines, strict=True):
            blanks = " " * (widths[0] - len(word))
            said = f"{blanks}  {shown(layer):{min(widths[1], MOST_PADDED)}}  {line.text(shown(subject))}"
            page.prose(said.replace("  ", UNBROKEN * 2), lead=word, style=STYLES[word], hanging=6)
        if lines:
            page.blank()

    def _ordered(self) -> list[tuple[tuple[str, str], CheckLine]]:
        """The lines, of which code the subject is only where it tells lines apart."""
        lines = self._lines
        if not self._by_file:
            layers = Counter(layer for _, layer in lines)
            places = {subject.partition(":")[0] for subject, _ in lines}
            lines = {}
            for (subject, layer), line in self._lines.items():
                name = subject if len(places) > 1 else subject.partition(":")[2] or subject
                lines[name if layers[layer] > 1 else "", layer] = line
        return sorted(lines.items(), key=lambda item: GRAVEST.index(status_of(item[1].statuses)))

    def _joined(self) -> list[tuple[tuple[str, str], CheckLine]]:
        """A line for all that is of the same layer and came out alike."""
        joined: dict[tuple[str, str], CheckLine] = {}
        subjects: dict[tuple[str, str], list[str]] = {}
        for (subject, layer), line in self._lines.items():
            key = status_of(line.statuses), layer
            joined.setdefault(key, CheckLine()).join(line)
            subjects.setdefault(key, []).append(subject)
        noun = "file" if self._by_file else "implementation"
        ordered = sorted(joined.items(), key=lambda item: GRAVEST.index(item[0][0]))
        named = {key: each[0] if len(each) == 1 else count(len(each), noun) for key, each in subjects.items()}
        return [((named[key], key[1]), line) for key, line in ordered]


def _layers_joined(lines: Sequence[tuple[tuple[str, str], CheckLine]]) -> list[tuple[tuple[str, str], CheckLine]]:
    """A line for all layers that came out alike, those that did not pass by themselves."""
    joined: dict[tuple[str, str, str], CheckLine] = {}
    layers: dict[tuple[str, str, str], list[str]] = {}
    for (subject, layer), line in lines:
        passed = set(line.statuses) == {"pass"}
        key = ("", "", line.coverage.kind) if passed else (subject, layer, "")
        joined.setdefault(key, CheckLine()).join(line)
        layers.setdefault(key, []).append(layer)
    return [((key[0], ", ".join(layers[key])), line) for key, line in joined.items()]

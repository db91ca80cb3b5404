"""The report for GitHub Actions: annotations at the code under test or at the specs, and the counts in the log."""

from bisect import insort
from collections.abc import Sequence
from typing import NamedTuple, TextIO

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import Conclusion, blames_code
from convcheck.implementations.source import NotChecked
from convcheck.reports.report import Invalid, Invocation, RunEnd, Tally
from convcheck.reports.tables.glyphs import Glyphs
from convcheck.reports.wording.conclusions import conclusion_lines, names_of, wrong_in_words
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import cut_short_text, outcome_text, problem_lines

# GitHub shows so many annotations of a step, and drops the rest without a word.
MOST_ANNOTATIONS = 10

# What there is to say something of, gravest first, each with the command of GitHub's that annotates it.
ANNOTATION_LEVELS = {
    "cut short": "error",
    "conclusion": "error",
    "fail": "error",
    "error": "error",
    "invalid": "error",
    "undecided": "warning",
    "warned": "warning",
    "not checked": "warning",
}
RANKS = {kind: rank for rank, kind in enumerate(ANNOTATION_LEVELS)}


class Annotation(NamedTuple):
    """What to say of one check or one error. They sort by kind, then by size of error, then as in the run."""

    rank: int
    minus_error: float
    number: int
    text: str


class Gravest:
    """Keeps the gravest annotations, as many as GitHub shows, and counts the others."""

    def __init__(self) -> None:
        self.kept: list[Annotation] = []
        self.number = 0

    def add(self, kind: str, minus_error: float, text: str) -> None:
        """Take one."""
        self.number += 1
        insort(self.kept, Annotation(RANKS.get(kind, 0), minus_error, self.number, text))
        del self.kept[MOST_ANNOTATIONS:]

    def join(self, other: "Gravest") -> None:
        """Take those of the other as well."""
        for annotation in other.kept:
            insort(self.kept, annotation._replace(number=self.number + annotation.number))
        self.number += other.number
        del self.kept[MOST_ANNOTATIONS:]


class GithubReport:
    """Annotates what there is a conclusion on once, and else check by check."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation
        self._glyphs = Glyphs(getattr(stream, "encoding", None))
        self._tally = Tally()
        self._gravest = Gravest()
        self._of_code: dict[tuple[str, str], Gravest] = {}

    def add(self, result: Result) -> None:
        """Take one check."""
        self._tally.add(result)
        warned = result.status == "pass" and any(one.severity == "warning" for one in result.findings)
        # A layer that is not written yet is skipped for every check of its suite.
        if result.status == "skipped" or (result.status == "pass" and not warned):
            return
        kind = "warned" if warned else result.status
        # A suite is convcheck's own: no file of the repository has its checks.
        spec = result.file if self._invocation.arguments.get("specs") else None
        lines = [*problem_lines(result), f"repeat: {shown(self._invocation.repeat(result))}"]
        place = (spec, result.line)
        if result.code_file is not None:
            place = (result.code_file, result.code_line or 1)
            lines += [f"spec: {shown(spec)}:{result.line}"] if spec is not None else []
        title = f"{'warning' if warned else result.status} {shown(result.id)}"
        key = result.implementation, result.layer
        gravest = self._of_code.setdefault(key, Gravest()) if blames_code(result) else self._gravest
        gravest.add(kind, -_largest_error(result), _command(kind, title, lines, *place))

    def finish(self, ending: RunEnd) -> None:
        """Write the annotations, gravest first, and as the last line the counts."""
        gravest = self._gravest
        for conclusion in ending.conclusions:
            gravest.add("conclusion", 0.0, _of_conclusion(conclusion))
            self._of_code.pop((conclusion.implementation, conclusion.layer), None)
        for each in self._of_code.values():
            gravest.join(each)
        for error in ending.errors:
            gravest.add("invalid", 0.0, _of_error(error))
        if cut := cut_short_text(ending):
            gravest.add("cut short", 0.0, _command("cut short", "convcheck", (cut,)))
        for seen in ending.not_checked:
            title, file = f"not checked {shown(','.join(seen.names))}", _file_of(seen)
            why = (shown(seen.why), *([shown(seen.hint)] if seen.hint else []))
            gravest.add("not checked", 0.0, _command("not checked", title, why, file, seen.line))
        said = gravest.kept if gravest.number <= MOST_ANNOTATIONS else gravest.kept[: MOST_ANNOTATIONS - 1]
        lines = [annotation.text for annotation in said]
        if more := gravest.number - len(said):
            text = f"and {more:,} more: GitHub shows {MOST_ANNOTATIONS} annotations of a step"
            # The last that was kept is not shown: it is the gravest of those that are left out.
            lines.append(_command([*ANNOTATION_LEVELS][gravest.kept[MOST_ANNOTATIONS - 1].rank], "convcheck", (text,)))
        lines.append(outcome_text(self._tally.counts(ending.not_run), ending))
        self._stream.write("".join(self._glyphs.fit(line) + "\n" for line in lines))
        self._stream.flush()


def _largest_error(result: Result) -> float:
    """The largest relative error of a wrong tensor, 0 to 1: unlike the other maxima it has no unit."""
    wrong = (tensor.max_rel_error for tensor in result.tensors if tensor.verdict == "wrong")
    # There is none where nothing could be compared: the tensor is missing, or its shape is another.
    return max((1.0 if error is None else error for error in wrong), default=0.0)


def _file_of(seen: NotChecked) -> str | None:
    # Of a module only the dotted name is known.
    return seen.place if seen.place.endswith(".py") else None


def _of_conclusion(conclusion: Conclusion) -> str:
    wrong = wrong_in_words(conclusion)
    title = shown(f"{names_of(conclusion)}: {f'wrong {wrong}' if wrong else 'what is wrong'}")
    lines = [*map(shown, conclusion_lines(conclusion)), f"repeat: {shown(conclusion.repeat)}"]
    return _command("conclusion", title, lines, conclusion.file, conclusion.line)


def _of_error(error: Invalid) -> str:
    lines = (shown(error.message), *([f"hint: {shown(error.hint)}"] if error.hint else []))
    return _command("invalid", "not valid", lines, error.file, error.line, error.column)


def _command(
    kind: str,
    title: str,
    lines: Sequence[str],
    file: str | None = None,
    line: int | None = None,
    column: int | None = None,
) -> str:
    properties: dict[str, object] = {}
    # "<stdin>" is no file of the repository.
    if file is not None and not file.startswith("<"):
        properties = {"file": shown(file), "line": line, "col": column}
    properties["title"] = title
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{ANNOTATION_LEVELS.get(kind, 'error')} {said}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

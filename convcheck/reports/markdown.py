"""The report for a job summary or a pull request: GitHub's Markdown, short enough for a comment."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import TextIO

from convcheck.checking.result import Result
from convcheck.diagnosis.conclusion import blames_code
from convcheck.reports.report import Invalid, Invocation, RunEnd, Tally
from convcheck.reports.wording.conclusions import conclusion_lines, names_of, wrong_in_words
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.reports.wording.sentences import outcome_text, problem_lines
from convcheck.reports.wording.words import ORDER
from convcheck.spec.showing import count

# A comment on GitHub holds 65,536 characters, and one that is longer is refused whole.
ROOM_FOR_CONCLUSIONS = 10_000
ROOM_FOR_FAILURES = 27_000
ROOM_FOR_ERRORS = 10_000
ROOM_FOR_PASSED = 10_000
ROOM_FOR_SKIPPED = 5_000
ROOM_FOR_NOT_CHECKED = 2_000

# Characters that mean something to Markdown, to HTML or to GitHub, and the references that stand for the characters as
# such. In a cell of a table and within <code>, a backslash before them would not always do.
ESCAPES = {ord(character): f"&#{ord(character)};" for character in "\\`*_[]<>&~|$\"'"}

# What GitHub takes for a person, an issue or an emoji, wherever it stands in a sentence. In "layers.py:100: …" it would
# read :100: as an emoji.
MENTION = re.compile(r"(@|#(?=\d)|:(?=[\w+-]+:))")

# An implementation and its layer, where a row is on one.
Key = tuple[str, str] | None


class LimitedRows:
    """The rows of a table as long as there is room, in characters, and how many more there would have been."""

    def __init__(self, room: int) -> None:
        self.kept: list[tuple[int, str, Key]] = []
        self.more = 0
        self._room = room

    def add(self, row: str, rank: int = 0, key: Key = None) -> None:
        """Take a row; among those that are kept the ones of a lower rank come first. `key`: the code that it is on."""
        # Where there is no room for a row, there is none for a shorter one after it: what is left out is the end.
        self._room = self._room - len(row) if len(row) < self._room else 0
        if self._room:
            self.kept.append((rank, row, key))
        else:
            self.more += 1

    @property
    def number(self) -> int:
        """How many rows were taken, whether there was room for them or not."""
        return len(self.kept) + self.more

    def without(self, keys: Container[Key]) -> tuple[LimitedRows, LimitedRows]:
        """The rows on any other code than these, then those on these, with which those for which was no room go."""
        others, those = LimitedRows(0), LimitedRows(0)
        for row in self.kept:
            (those if row[2] in keys else others).kept.append(row)
        (those if those.kept else others).more = self.more
        return others, those

    def lines(self, *headings: str) -> list[str]:
        """The table, and under it how many rows there was no room for."""
        lines = [row_text(headings), row_text("---" for _ in headings)] if self.kept else []
        lines += [row for _, row, _ in sorted(self.kept, key=lambda ranked: ranked[0])]
        return [*lines, *(["", f"and {self.more:,} more"] if self.more else [])]


class MarkdownReport:
    """Keeps the rows of its tables, and no more of them than fit."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation
        self._tally = Tally()
        self._failures = LimitedRows(ROOM_FOR_FAILURES)
        self._passed = LimitedRows(ROOM_FOR_PASSED)
        self._skipped = LimitedRows(ROOM_FOR_SKIPPED)

    def add(self, result: Result) -> None:
        """Take one check."""
        self._tally.add(result)
        lines = problem_lines(result)
        if result.status == "pass":
            seconds = seconds_text(result.seconds)
            self._passed.add(
                row_text((code(shown(result.id)), f"{result.forward_evaluations:,}", seconds, _cell(lines)))
            )
            return
        if result.status == "skipped":
            self._skipped.add(row_text((code(shown(result.id)), _cell(lines))))
            return
        repeat = code(shown(self._invocation.repeat(result)))
        rank = ORDER.index(result.status) if result.status in ORDER else 0
        key = (result.implementation, result.layer) if blames_code(result) else None
        self._failures.add(row_text((result.status, code(shown(result.id)), _cell(lines), repeat)), rank, key)

    def finish(self, ending: RunEnd) -> None:
        """Write it: the counts, what did not pass, the errors, and folded what passed."""
        counts = self._tally.counts(ending.not_run)
        lines = [f"**convcheck: {outcome_text(counts, ending)}** ({seconds_text(ending.seconds)})"]
        conclusions = LimitedRows(ROOM_FOR_CONCLUSIONS)
        for conclusion in ending.conclusions:
            place = f"{conclusion.file}:{conclusion.line} " if conclusion.file else ""
            where = code(shown(place + names_of(conclusion)))
            said = _cell([*map(shown, conclusion_lines(conclusion))])
            conclusions.add(row_text((where, prose(wrong_in_words(conclusion)), said, code(shown(conclusion.repeat)))))
        if concluded := conclusions.lines("where", "wrong", "why", "repeat"):
            lines += ["", *concluded]
        concluded_on = {(conclusion.implementation, conclusion.layer) for conclusion in ending.conclusions}
        others, those = self._failures.without(concluded_on)
        if failures := others.lines("status", "check", "what is wrong", "repeat"):
            lines += ["", *failures]
        if failures := those.lines("status", "check", "what is wrong", "repeat"):
            lines += _folded(f"{count(those.number, 'check')} of these that did not pass", failures)
        errors = LimitedRows(ROOM_FOR_ERRORS)
        for error in ending.errors:
            errors.add(row_text((code(_place(error)), _cell([shown(error.message), *_hint(error)]))))
        if wrong := errors.lines("where", "error in specs or options"):
            lines += ["", *wrong]
        not_checked = LimitedRows(ROOM_FOR_NOT_CHECKED)
        for seen in ending.not_checked:
            place = f"{shown(seen.place)}:{seen.line}"
            not_checked.add(row_text((code(place), code(shown(", ".join(seen.names))), _cell([shown(seen.why)]))))
        if rows := not_checked.lines("where", "not checked", "why"):
            lines += ["", *rows]
        if skipped := self._skipped.lines("check", "why"):
            lines += _folded(f"{count(self._skipped.number, 'check')} skipped", skipped)
        if passed := self._passed.lines("check", "forward evaluations", "time", "remarks"):
            lines += _folded(f"{count(self._passed.number, 'check')} passed", passed)
        text = "\n".join(lines) + "\n"
        # What the stream cannot carry can be written as a reference.
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(text.encode(encoding, "xmlcharrefreplace").decode(encoding))
        self._stream.flush()


def code(text: str) -> str:
    """The text as code: nothing in it is markup, a mention of a person or an emoji."""
    return f"<code>{text.translate(ESCAPES)}</code>"


def prose(text: str) -> str:
    """A sentence with texts from users in it: nothing in those is markup, nor a mention of a person or an issue."""
    parts = enumerate(MENTION.split(text))
    return "".join(f"<span>{part}</span>" if number % 2 else part.translate(ESCAPES) for number, part in parts)


def _folded(summary: str, lines: list[str]) -> list[str]:
    return ["", "<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def _cell(lines: list[str]) -> str:
    return "<br>".join(map(prose, lines))


def row_text(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def _place(error: Invalid) -> str:
    return ":".join(str(part) for part in (shown(error.file or "options"), error.line, error.column) if part)


def _hint(error: Invalid) -> list[str]:
    return [f"hint: {shown(error.hint)}"] if error.hint else []

"""The report as a page for people: one file, which fetches nothing and runs nothing, and is never too large to send.

Conclusions come first. Of the checks of an implementation that did not pass the smallest is shown whole, with pictures
of its tensors; the others are folded, and have pictures only of tensors that no smaller one has. What passed is a line
for each file and layer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain
from math import prod
from typing import TextIO, TypeVar

from convcheck.checking.result import Result, TensorResult
from convcheck.diagnosis.conclusion import Conclusion, blames_code
from convcheck.reports.html.check import command, folded_check, pictures, styled, whole_check
from convcheck.reports.html.style import CSS
from convcheck.reports.report import Invalid, Invocation, RunEnd, Tally
from convcheck.reports.spool import Excerpt, Spool
from convcheck.reports.tables.groups import CheckLine
from convcheck.reports.wording.conclusions import (
    MOST_CAUSES,
    causes_left_out,
    evidence_of,
    names_of,
    wrong_in_words,
)
from convcheck.reports.wording.figures import seconds_text, shown
from convcheck.reports.wording.sentences import cut_short_text, outcome_text, why
from convcheck.reports.wording.words import STYLES
from convcheck.spec.showing import count

# Characters of each kind of thing; together they are less than a megabyte, however many checks there are.
ROOM_FOR_CONCLUSIONS = 80_000
ROOM_FOR_WHOLE_CHECKS = 180_000
ROOM_FOR_PICTURES = 320_000
ROOM_FOR_FOLDED_CHECKS = 240_000
ROOM_FOR_ERRORS = 30_000
ROOM_FOR_NOT_CHECKED = 20_000
ROOM_FOR_SKIPPED = 30_000
ROOM_FOR_PASSED = 60_000
# One check's: no text of a user's is to take the place of all others.
MOST_OF_ONE = 90_000
# Beyond so many, groups of checks that passed or were skipped are counted together, and checks that did not are left
# out; of those with a warning so many are named.
MOST_GROUPS = 300
MOST_FAILED = 2_000
MOST_NAMED = 3
OTHERS = "others"

Key = TypeVar("Key")


class Room:
    """Characters that are left for one kind of thing, and how many things found no room."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.more = 0

    def takes(self, text: str) -> bool:
        """Whether there is room for the text. What comes after one that found none is left out as well."""
        fits = len(text) <= self.left and not self.more
        if fits:
            self.left -= len(text)
        else:
            self.more += 1
        return fits


@dataclass(slots=True)
class FailedCheckText:
    """What is written of a check that did not pass: in short, whole and its pictures, where it has any of them."""

    order: tuple[bool, int, int]
    folded: Excerpt
    whole: Excerpt | None = None
    pictures: dict[str, Excerpt] = field(default_factory=dict)


@dataclass(slots=True)
class FailedGroup:
    """The checks of one implementation of one layer that did not pass."""

    title: str
    checks: list[FailedCheckText] = field(default_factory=list)
    smallest: FailedCheckText | None = None
    # Of each tensor the check with its pictures, and how it comes to be that one.
    pictured: dict[str, tuple[tuple[bool, int, int], FailedCheckText]] = field(default_factory=dict)
    left_out: int = 0


@dataclass(slots=True)
class NamedGroup:
    """Checks with the same reason: how many, and the first few."""

    number: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, check: str) -> None:
        """Take one."""
        self.number += 1
        if len(self.ids) < MOST_NAMED:
            self.ids.append(check)


class HtmlReport:
    """Writes the page at the end: what is concluded stands before the checks."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation
        self._tally = Tally()
        self._texts = Spool()
        self._failed: dict[tuple[str, str], FailedGroup] = {}
        self._kept = 0
        self._pictures = 0
        # The length of those that would be shown if the run ended here.
        self._drawn = 0
        self._passed: dict[tuple[str, str, str], CheckLine] = {}
        self._skipped: dict[tuple[str, str], NamedGroup] = {}
        self._warned: dict[str, NamedGroup] = {}

    def add(self, result: Result) -> None:
        """Take one check."""
        self._tally.add(result)
        if result.status == "skipped":
            key = _key(self._skipped, (result.implementation, why(result)), ("", OTHERS))
            self._skipped.setdefault(key, NamedGroup()).add(result.id)
        elif result.status == "pass":
            self._add_passed(result)
        else:
            self._add_failed(result)

    def finish(self, ending: RunEnd) -> None:
        """Write the page."""
        for piece in self._page(ending):
            # Whatever the stream's encoding is: what is not ASCII is a reference.
            self._stream.write(piece if piece.isascii() else _ascii(piece))
        self._stream.flush()

    def _add_passed(self, result: Result) -> None:
        file = result.file or result.id.partition("::")[0]
        key = _key(self._passed, (file, result.implementation, result.layer), ("", "", ""))
        self._passed.setdefault(key, CheckLine()).add(result)
        for code in {finding.code: None for finding in result.findings if finding.severity == "warning"}:
            self._warned.setdefault(code, NamedGroup()).add(result.id)

    def _add_failed(self, result: Result) -> None:
        key = result.implementation, result.layer
        group = self._failed.setdefault(key, FailedGroup(" ".join(map(shown, key))))
        # As conclusions choose their smallest check: what is undecided comes after what failed.
        order = not blames_code(result), prod(result.output_shape), self._kept
        repeat = self._invocation.repeat(result)
        smallest = group.smallest is None or order < group.smallest.order
        if self._kept >= MOST_FAILED and not smallest:
            group.left_out += 1
            return
        self._kept += 1
        check = FailedCheckText(order, self._excerpt([*folded_check(result, repeat)]))
        group.checks.append(check)
        if smallest:
            group.smallest = check
            check.whole = self._excerpt([*whole_check(result), command(repeat)])
        for tensor in result.tensors:
            if tensor.verdict not in ("wrong", "undecided"):
                continue
            rank = tensor.verdict == "undecided", order[1], order[2]
            if tensor.name not in group.pictured or rank < group.pictured[tensor.name][0]:
                _, before = group.pictured.get(tensor.name, (rank, check))
                group.pictured[tensor.name] = rank, check
                check.pictures[tensor.name] = self._drawn_anew(result, tensor, before.pictures.pop(tensor.name, None))

    def _drawn_anew(self, result: Result, tensor: TensorResult, before: Excerpt | None) -> Excerpt:
        """The pictures of a tensor in place of those that were drawn `before`; nothing where there is no room left."""
        self._drawn -= 0 if before is None else len(before)
        if self._drawn >= ROOM_FOR_PICTURES:
            return Excerpt(self._texts)
        self._pictures += 1
        excerpt = self._excerpt([*pictures(result, tensor, self._pictures)])
        self._drawn += len(excerpt)
        return excerpt

    def _excerpt(self, lines: Iterable[str]) -> Excerpt:
        text = _ascii("\n".join(lines) + "\n")
        if len(text) > MOST_OF_ONE:
            text = "<p>Too long to be shown: the JSON report has it.</p>\n"
        excerpt = Excerpt(self._texts)
        excerpt.add(text)
        return excerpt

    def _page(self, ending: RunEnd) -> Iterator[str]:
        counts = self._tally.counts(ending.not_run)
        outcome = outcome_text(counts, ending)
        yield (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy"'
            " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n"
            # From a server a browser would fetch one beside the page.
            '<link rel="icon" href="data:,">\n'
            f"<title>convcheck: {escape(outcome)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#main">Skip to what was found</a>\n'
            f"<header>\n<h1>convcheck: {escape(outcome)}</h1>\n"
        )
        yield from self._about(ending)
        yield '</header>\n<main id="main" tabindex="-1">\n'
        if ending.conclusions:
            yield from _section("conclusions", "What is wrong", _conclusions(ending.conclusions))
        if ending.errors:
            yield from _section("errors", "Errors in specs or options", _errors(ending.errors))
        if self._failed:
            yield from _section("failed", "Checks that did not pass", self._failed_checks())
        if ending.not_checked:
            seen = (f"<li>{escape(shown(one.text()))}{_hint(one.hint)}</li>" for one in ending.not_checked)
            yield from _section("not-checked", "Not checked", _list_of(seen, ROOM_FOR_NOT_CHECKED))
        if self._skipped:
            yield from _section("skipped", "Skipped", _list_of(map(_skipped, self._skipped.items()), ROOM_FOR_SKIPPED))
        if self._passed:
            rows = chain(map(_passed, self._passed.items()), map(_warned, self._warned.items()))
            yield from _section("passed", "Passed", _list_of(rows, ROOM_FOR_PASSED))
        yield "</main>\n</body>\n</html>\n"

    def _about(self, ending: RunEnd) -> Iterator[str]:
        environment = self._invocation.environment
        parts = [f"convcheck {self._invocation.version}"]
        parts += [f"{name} {value}" for name, value in environment.items()]
        parts.append(seconds_text(ending.seconds))
        yield f'<p class="dim small">{escape(shown(", ".join(parts)))}</p>\n'
        if cut := cut_short_text(ending):
            yield f"<p>{styled('cut short', STYLES['error'])}: {escape(cut)}</p>\n"
        elif ending.not_run:
            yield f"<p>{styled('not run', STYLES['warning'])}: {count(ending.not_run, 'check')}</p>\n"
        if self._invocation.stubs:
            names = escape(shown(", ".join(self._invocation.stubs)))
            yield f"<p>Empty modules stood in for what could not be imported: <code>{names}</code></p>\n"

    def _failed_checks(self) -> Iterator[str]:
        whole, folded, drawn = Room(ROOM_FOR_WHOLE_CHECKS), Room(ROOM_FOR_FOLDED_CHECKS), Room(ROOM_FOR_PICTURES)
        for group in self._failed.values():
            title = f"<h3>{escape(group.title)}</h3>\n"
            first = group.smallest
            if first is not None and first.whole and whole.takes(text := title + "".join(first.whole.pieces())):
                yield text.replace("</h3>\n", '</h3>\n<article class="check">\n', 1)
                yield from _pictures_of(first, drawn)
                yield "</article>\n"
                title, others = "", [check for check in group.checks if check is not first]
            else:
                others = group.checks
            for check in others:
                if folded.takes(text := title + "<details>\n" + "".join(check.folded.pieces())):
                    title = ""
                    yield text
                    yield from _pictures_of(check, drawn)
                    yield "</details>\n"
        left_out = folded.more + sum(group.left_out for group in self._failed.values())
        if left_out:
            yield (
                f"<p>And {count(left_out, 'more check')}, for which a page that can be sent has no room: the table and "
                "the JSON report have them.</p>\n"
            )
        if drawn.more:
            yield f"<p>{count(drawn.more, 'tensor')} without pictures: there is no room for more of them.</p>\n"


def _pictures_of(check: FailedCheckText, room: Room) -> Iterator[str]:
    for excerpt in check.pictures.values():
        # Where there was no room left when it should have been drawn, there is nothing in it.
        if text := "".join(excerpt.pieces()):
            yield text if room.takes(text) else ""
        else:
            room.more += 1


def _ascii(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _key(groups: Collection[Key], key: Key, others: Key) -> Key:
    """The key, as long as there are few groups."""
    return key if key in groups or len(groups) < MOST_GROUPS else others


def _section(name: str, title: str, inside: Iterable[str]) -> Iterator[str]:
    yield f'<section id="{name}" aria-labelledby="{name}-title">\n<h2 id="{name}-title">{escape(title)}</h2>\n'
    yield from inside
    yield "</section>\n"


def _list_of(rows: Iterable[str], room: int) -> Iterator[str]:
    """The rows that there is room for, and how many there are beside."""
    limited = Room(room)
    kept = [row for row in map(_ascii, rows) if limited.takes(row)]
    yield f"<ul>\n{chr(10).join(kept)}\n</ul>\n" if kept else ""
    if limited.more:
        yield f"<p>And {limited.more:,} more.</p>\n"


def _conclusions(conclusions: Sequence[Conclusion]) -> Iterator[str]:
    room = Room(ROOM_FOR_CONCLUSIONS)
    for conclusion in conclusions:
        text = _ascii("\n".join(_conclusion(conclusion)) + "\n")
        if room.takes(text):
            yield text
    if room.more:
        yield f"<p>And {count(room.more, 'more conclusion')}, which the JSON report has.</p>\n"


def _conclusion(conclusion: Conclusion) -> Iterator[str]:
    place = f"<code>{escape(shown(conclusion.file))}:{conclusion.line}</code> " if conclusion.file else ""
    wrong = wrong_in_words(conclusion)
    said = f" {styled(f'wrong: {shown(wrong)}', STYLES['wrong'])}" if wrong else ""
    names, layer = escape(shown(names_of(conclusion))), escape(shown(conclusion.layer))
    yield f'<article class="conclusion">\n<h3>{place}{names} <span class="dim">{layer}</span>{said}</h3>'
    for cause in conclusion.causes[:MOST_CAUSES]:
        yield f"<p>{escape(shown(cause.sentence))}</p>\n<ul>"
        if evidence := evidence_of(cause, conclusion):
            yield f"<li>{escape(shown(evidence))}</li>"
        if cause.mend:
            yield f"<li>mend: <code>{escape(shown(cause.mend))}</code></li>"
        yield "</ul>"
    if left_out := causes_left_out(conclusion):
        yield f"<p>{escape(left_out)}</p>"
    if conclusion.example:
        yield f"<p>e.g. {escape(shown(conclusion.example))}</p>"
    yield f"{command(conclusion.repeat)}\n</article>"


def _errors(errors: Iterable[Invalid]) -> Iterator[str]:
    def rows() -> Iterator[str]:
        for error in errors:
            parts = (shown(error.file or "options"), error.line, error.column)
            place = ":".join(str(part) for part in parts if part)
            yield f"<li><code>{escape(place)}</code> {escape(shown(error.message))}{_hint(error.hint)}</li>"

    return _list_of(rows(), ROOM_FOR_ERRORS)


def _hint(hint: str | None) -> str:
    return f"<br>hint: {escape(shown(hint))}" if hint else ""


def _named(group: NamedGroup) -> str:
    """The ids of the first few, and how many there are beside."""
    ids = ", ".join(f"<code>{escape(shown(one))}</code>" for one in group.ids)
    return ids + (f" and {group.number - len(group.ids):,} more" if group.number > len(group.ids) else "")


def _skipped(each: tuple[tuple[str, str], NamedGroup]) -> str:
    (implementation, reason), group = each
    said = f"{count(group.number, 'check')} of {shown(implementation)}" if implementation else OTHERS
    return f"<li>{styled('skip', STYLES['skip'])} {escape(said)}: {escape(reason)}<br>{_named(group)}</li>"


def _passed(each: tuple[tuple[str, str, str], CheckLine]) -> str:
    (file, implementation, layer), line = each
    of = " ".join(filter(None, (shown(implementation), shown(layer), f"in {shown(file)}" if file else ""))) or OTHERS
    return f"<li>{styled('pass', STYLES['pass'])} {escape(line.text(of))}</li>"


def _warned(each: tuple[str, NamedGroup]) -> str:
    code, group = each
    said = f"{shown(code)} in {count(group.number, 'check')}"
    return f"<li>{styled('warning', STYLES['warning'])} {escape(said)}: {_named(group)}</li>"

"""The text of a spec file, the list of what is wrong with it, and what is to be said of it besides."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Protocol

from convcheck.spec.errors import SpecError
from convcheck.spec.showing import count, shorten

# What YAML takes for the end of a line; `str.splitlines` knows more, and its line numbers would drift from the marks.
LINE_END = "\r\n|[\r\n\x85\u2028\u2029]"

# A person mends some, and runs it again. So many are told; beyond the second number the file is not read further.
MOST_TOLD = 100
MOST_ERRORS = 1000
LONGEST_MESSAGE = 500


class TooManyErrors(Exception):
    """The file is not read further."""


class Position(Protocol):
    """Anything that stands at a line and a column of the text, both counted from 1."""

    @property
    def line(self) -> int:  # noqa: D102
        ...

    @property
    def column(self) -> int:  # noqa: D102
        ...


class SpecText:
    """The text of one spec file, and the errors found in it so far."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._errors: dict[tuple[int, int, str], SpecError] = {}
        self._remarks: dict[str, SpecError] = {}

    @cached_property
    def lines(self) -> list[str]:
        """The text without its line ends."""
        return re.split(LINE_END, self.text)

    def add(self, place: Position, message: str, hint: str | None = None, *, kind: str | None = None) -> None:
        """Record a mistake at `place`. The same `kind` (by default: the same message) is said once at one place.

        A value that many checks share, through `defaults`, an alias or a matrix, is thus reported once.
        """
        self.add_at(place.line, place.column, message, hint, kind=kind)

    def add_at(self, line: int, column: int, message: str, hint: str | None = None, *, kind: str | None = None) -> None:
        """Record a mistake at `line` and `column`, as `add` does. Raises TooManyErrors where no more are wanted."""
        line = max(1, min(line, len(self.lines)))
        key = (line, column, kind or message)
        if key in self._errors:
            return
        if len(self._errors) >= MOST_ERRORS:
            raise TooManyErrors
        told = shorten(message, LONGEST_MESSAGE)
        hint = None if hint is None else shorten(hint, LONGEST_MESSAGE)
        self._errors[key] = SpecError.at(self.file, line, column, told, self.lines[line - 1], hint)

    def remark(self, place: Position, message: str) -> None:
        """Record what is to be said of something at `place` that is read all the same. A message is said once."""
        self._remarks.setdefault(message, SpecError(self.file, place.line, place.column, message))

    @property
    def remarks(self) -> tuple[SpecError, ...]:
        """Each of them at the first place of which it was said."""
        return tuple(self._remarks.values())

    def place_of(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of the character at `offset` in the text."""
        ends = [end.end() for end in re.finditer(LINE_END, self.text[:offset])]
        return len(ends) + 1, offset - (ends[-1] if ends else 0) + 1

    @property
    def mistakes(self) -> int:
        """How many errors there are so far."""
        return len(self._errors)

    @property
    def errors(self) -> tuple[SpecError, ...]:
        """The errors so far, in the order of the text: the first of them, and one that says how many more there are."""
        found = sorted(self._errors.values(), key=lambda e: (e.line, e.column, e.message))
        if len(found) > MOST_TOLD:
            left = count(len(found) - MOST_TOLD, "more mistake")
            also = f"and {left} from here on"
            if len(found) >= MOST_ERRORS:
                also = f"and at least {left} from here on: the file is not read further"
            found[MOST_TOLD:] = [found[MOST_TOLD]._replace(message=also, hint="mend those above first")]
        return tuple(found)

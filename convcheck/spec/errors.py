"""What is wrong with a spec file, and where: printed as compilers print it."""

from typing import NamedTuple

from convcheck.spec.showing import escape, width

SHOWN_BEFORE, SHOWN_AFTER = 60, 40
CUT = "..."
INDENT = "    "


class SpecError(NamedTuple):
    """One mistake in one spec file.

    `line` and `column` count from 1, in characters; both are 0 where the whole file is meant (it does not exist, it is
    not text). `source` is the line of the file, or of a long one what stands around the column; empty where there is
    none. `caret` is the column in `source` that is meant, 0 where it is the same. `message` says what was expected and
    what was received; `hint` what to write instead. All texts are as the user wrote them: `text()` makes them fit to
    print.
    """

    file: str
    line: int
    column: int
    message: str
    source: str = ""
    hint: str | None = None
    caret: int = 0

    @classmethod
    def at(cls, file: str, line: int, column: int, message: str, whole: str, hint: str | None = None) -> "SpecError":
        """The error at a column of a line, of which no more is kept than is shown: it may be the whole file."""
        start, end = max(column - 1 - SHOWN_BEFORE, 0), column - 1 + SHOWN_AFTER
        left = CUT if start else ""
        right = CUT if end < len(whole) else ""
        caret = len(left) + column - start
        return cls(file, line, column, message, f"{left}{whole[start:end]}{right}", hint, caret)

    def headline(self) -> str:
        """The first line of `text()`: `file:line:column: message`, control characters escaped."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return escape(f"{place}: {self.message}")

    def text(self) -> str:
        """The printable error: the headline, the source line with a caret under the column, the hint."""
        lines = [self.headline()]
        if self.source.strip():
            caret = self.caret or self.column
            before = escape(self.source[: caret - 1])
            lines.append(f"{INDENT}{before}{escape(self.source[caret - 1 :])}")
            lines.append(f"{INDENT}{' ' * width(before)}^")
        if self.hint:
            lines.append(f"{INDENT}hint: {escape(self.hint)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

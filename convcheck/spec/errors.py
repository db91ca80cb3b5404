"""What is wrong with a spec file, and where: printed as compilers print it."""

from typing import NamedTuple

from convcheck.spec.showing import escape, width

SHOWN_BEFORE, SHOWN_AFTER = 60, 40
INDENT = "    "


class SpecError(NamedTuple):
    """One mistake in one spec file.

    `line` and `column` count from 1, in characters; both are 0 where the whole file is meant (it does not exist, it is
    not text). `source` is the line of the file, empty where there is none. `message` says what was expected and what
    was received; `hint` what to write instead. All texts are as the user wrote them: `text()` makes them fit to print.
    """

    file: str
    line: int
    column: int
    message: str
    source: str = ""
    hint: str | None = None

    def headline(self) -> str:
        """The first line of `text()`: `file:line:column: message`, control characters escaped."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return escape(f"{place}: {self.message}")

    def text(self) -> str:
        """The printable error: the headline, the source line with a caret under the column, the hint."""
        lines = [self.headline()]
        if self.source.strip():
            lines += _excerpt(self.source, self.column)
        if self.hint:
            lines.append(f"{INDENT}hint: {escape(self.hint)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def _excerpt(source: str, column: int) -> tuple[str, str]:
    """The source line and the line with the caret, both cut to a window around the caret."""
    before, after = source[: column - 1], source[column - 1 :]
    left = escape(before[-SHOWN_BEFORE:])
    right = escape(after[:SHOWN_AFTER])
    if len(before) > SHOWN_BEFORE:
        left = "..." + left
    if len(after) > SHOWN_AFTER:
        right += "..."
    return f"{INDENT}{left}{right}", f"{INDENT}{' ' * width(left)}^"

"""Lines, prose and tables on a stream that has a width, or none. Nothing is cut: what is too wide runs over."""

import textwrap
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TextIO

from rich.cells import cell_len

from convcheck.reports.tables.glyphs import Glyphs

if TYPE_CHECKING:
    from rich.style import Style

# What a page takes for a width where nothing limits it.
UNLIMITED = 10_000

# Stands for a space at which no line may end. `shown` leaves none of them in a user's text.
UNBROKEN = "\xa0"

# Between two columns.
GAP = "  "

# A plain text, or a text with its style.
Part = str | tuple[str, str]


class Table(NamedTuple):
    """Rows of cells, each as wide as its column and with its style; `width` is that of a row."""

    rows: tuple[tuple[tuple[str, str], ...], ...]
    width: int


class Page:
    """Where the reports for people are written. Its methods raise what the stream raises."""

    def __init__(self, stream: TextIO, *, colour: bool, width: int | None) -> None:
        self.width = width or UNLIMITED
        self._glyphs = Glyphs(getattr(stream, "encoding", None))
        self._stream = stream
        self._colour = colour

    @property
    def has_colour(self) -> bool:
        """Whether styles are seen, those of blanks too."""
        return self._colour

    def line(self, *parts: Part, indent: int = 0) -> None:
        """One line, never wrapped: (text, style) pairs or plain texts."""
        # Neither lines nor tables go through rich's console, which takes longer for them than many a check does.
        self._stream.write(" " * indent + "".join(map(self._painted, parts)) + "\n")

    def prose(self, text: str, *, indent: int = 0, hanging: int = 0, lead: str = "", style: str = "") -> None:
        """A sentence, wrapped between words; `lead` is its first word or two, in `style`.

        Lines after the first are set in by `hanging` more.
        """
        text, width = self._glyphs.fit(lead + text).rstrip(), max(self.width - indent, 20)
        # Most fit on one line, and textwrap takes longer to see that than the check takes for all its lines.
        wrapped = [text] if 0 < len(text) <= width else self._wrapped(text, width, hanging)
        for number, piece in enumerate(line.replace(UNBROKEN, " ") for line in wrapped):
            if lead and number == 0 and piece.startswith(lead.rstrip()):
                head = lead.rstrip()
                self.line((head, style), piece[len(head) :], indent=indent)
            else:
                self.line(piece, indent=indent)

    def _wrapped(self, text: str, width: int, hanging: int) -> list[str]:
        # A word longer than the line runs over: a number or a path in two pieces is worse.
        return textwrap.wrap(
            text, width, subsequent_indent=" " * hanging, break_long_words=False, break_on_hyphens=False
        )

    def items(self, items: Iterable[str], *, indent: int = 0, hanging: int = 0) -> None:
        """Short remarks in a row, wrapped between one remark and the next."""
        whole = (item.replace(" ", UNBROKEN) for item in items)
        self.prose(", ".join(whole), indent=indent, hanging=hanging)

    def blank(self) -> None:
        """An empty line."""
        self.line()

    def columns(self, headings: Iterable[tuple[str, bool]], rows: Iterable[Sequence[Part]]) -> Table:
        """A table without rules: headings, each with whether its column holds numbers, then the rows."""
        titles, numbers = zip(*headings, strict=True)
        fit = self._glyphs.fit
        every = [[(fit(title), "dim") for title in titles]]
        every += [[(fit(text), style) for text, style in map(_styled, row)] for row in rows]
        cells = zip(*every, strict=True)
        columns = [_padded(column, number) for column, number in zip(cells, numbers, strict=True)]
        width = sum(wide for _, wide in columns) + len(GAP) * (len(columns) - 1)
        return Table(tuple(zip(*(column for column, _ in columns), strict=True)), width)

    def fits(self, table: Table, *, indent: int = 0) -> bool:
        """Whether the table can be printed within the width."""
        return indent + table.width <= self.width

    def table(self, table: Table, *, indent: int = 0) -> None:
        """A table at its natural width, without the blanks that would pad the end of a row."""
        for row in table.rows:
            line = GAP.join(map(self._painted, row) if self._colour else [text for text, _ in row])
            self._stream.write(" " * indent + line.rstrip() + "\n")

    def flush(self) -> None:
        """Hand over what was written."""
        self._stream.flush()

    def _painted(self, part: Part) -> str:
        text, style = _styled(part)
        text = self._glyphs.fit(text)
        return _in_style(style, text) if self._colour and style else text


def _styled(part: Part) -> tuple[str, str]:
    return (part, "") if isinstance(part, str) else part


def _padded(column: Sequence[tuple[str, str]], number: bool) -> tuple[list[tuple[str, str]], int]:
    """The cells of a column, all as wide as the widest, and that width; numbers stand to the right."""
    lengths = [len(text) if text.isascii() else cell_len(text) for text, _ in column]
    widest = max(lengths)
    blanks = [" " * (widest - length) for length in lengths]
    cells = zip(column, blanks, strict=True)
    return [(blank + text if number else text + blank, style) for (text, style), blank in cells], widest


def _in_style(style: str, text: str) -> str:
    # Without colour nothing of this is wanted.
    from rich.color import ColorSystem

    return _style(style).render(text, color_system=ColorSystem.STANDARD)


@lru_cache
def _style(name: str) -> "Style":
    from rich.style import Style

    return Style.parse(name)

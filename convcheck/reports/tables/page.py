"""Lines, prose and tables on a stream that has a width, or none. Nothing is cut: what is too wide runs over."""

import textwrap
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import StringIO
from typing import NamedTuple, TextIO

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from convcheck.reports.tables.glyphs import Glyphs

# What a page takes for a width where nothing limits it.
UNLIMITED = 10_000

# Stands for a space at which no line may end. `shown` leaves none of them in a user's text.
UNBROKEN = "\xa0"

# Between two columns.
GAP = "  "

# A plain text, or a text with its style.
Part = str | tuple[str, str]


class Table(NamedTuple):
    """Cells as they will be printed, with the width of each column and whether it holds numbers."""

    rows: tuple[tuple[tuple[str, str], ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[bool, ...]

    @property
    def width(self) -> int:
        """Of the widest row, at the most."""
        return sum(self.widths) + len(GAP) * (len(self.widths) - 1)


class Page:
    """Where the reports for people are written. Its methods raise what the stream raises."""

    def __init__(self, stream: TextIO, *, colour: bool, width: int | None) -> None:
        self.width = width or UNLIMITED
        self._glyphs = Glyphs(getattr(stream, "encoding", None))
        self._stream = stream
        self._colour = colour
        # As wide as any table: what does not fit the page is laid out in another way, and never cut.
        self._console = Console(
            file=StringIO(),
            width=UNLIMITED,
            color_system="standard" if colour else None,
            force_terminal=colour,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def line(self, *parts: Part, indent: int = 0) -> None:
        """One line, never wrapped: (text, style) pairs or plain texts."""
        # Not through rich's console, which takes longer for a line than many a check for its tensors.
        self._stream.write(" " * indent + "".join(map(self._painted, parts)) + "\n")

    def prose(self, text: str, *, indent: int = 0, hanging: int = 0, lead: str = "", style: str = "") -> None:
        """A sentence, wrapped between words; `lead` is its first word or two, in `style`.

        Lines after the first are set in by `hanging` more.
        """
        # A word longer than the line runs over: a number or a path in two pieces is worse.
        wrapped = textwrap.wrap(
            self._glyphs.fit(lead + text),
            max(self.width - indent, 20),
            subsequent_indent=" " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, piece in enumerate(line.replace(UNBROKEN, " ") for line in wrapped):
            if lead and number == 0 and piece.startswith(lead.rstrip()):
                head = lead.rstrip()
                self.line((head, style), piece[len(head) :], indent=indent)
            else:
                self.line(piece, indent=indent)

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
        cells = [tuple((self._glyphs.fit(title), "dim") for title in titles)]
        cells += [tuple((self._glyphs.fit(text), style) for text, style in map(_styled, row)) for row in rows]
        widths = tuple(max(cell_len(text) for text, _ in column) for column in zip(*cells, strict=True))
        return Table(tuple(cells), widths, numbers)

    def fits(self, table: Table, *, indent: int = 0) -> bool:
        """Whether the table can be printed within the width."""
        return indent + table.width <= self.width

    def table(self, table: Table, *, indent: int = 0) -> None:
        """A table at its natural width, without the blanks that would pad the end of a row."""
        grid = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, len(GAP), 0, 0))
        for width, number in zip(table.widths, table.numbers, strict=True):
            grid.add_column(justify="right" if number else "left", width=width, no_wrap=True)
        for row in table.rows:
            grid.add_row(*(Text(text, style) for text, style in row))
        with self._console.capture() as captured:
            self._console.print(grid)
        for line in captured.get().splitlines():
            self._stream.write(" " * indent + line.rstrip() + "\n")

    def flush(self) -> None:
        """Hand over what was written."""
        self._stream.flush()

    def _painted(self, part: Part) -> str:
        text, style = _styled(part)
        text = self._glyphs.fit(text)
        return _style(style).render(text, color_system=ColorSystem.STANDARD) if self._colour and style else text


def _styled(part: Part) -> tuple[str, str]:
    return (part, "") if isinstance(part, str) else part


@lru_cache
def _style(name: str) -> Style:
    return Style.parse(name)

"""Lines, prose and tables on a stream of a given width, or of none. Cuts nothing: what does not fit runs over."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from convcheck.reports.glyphs import Glyphs

# What a console takes for a width where nothing limits it.
UNLIMITED = 10_000

# Stands for a space at which no line may end. `shown` leaves none of them in a user's text.
UNBROKEN = "\xa0"


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line what a closed pipe means; rich would leave with exit code 1."""
        raise BrokenPipeError


class Page:
    """Where the reports for people are written."""

    def __init__(self, stream: TextIO, *, colour: bool, width: int | None) -> None:
        self.width = width or UNLIMITED
        self._glyphs = Glyphs(getattr(stream, "encoding", None))
        self._stream = stream
        # Everything rich would read from the environment is decided before it is asked.
        self._console = _Console(
            file=stream,
            width=self.width,
            height=UNLIMITED,
            force_terminal=colour,
            force_interactive=False,
            force_jupyter=False,
            color_system="standard" if colour else None,
            no_color=not colour,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    def line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """One line, never wrapped: (text, style) pairs or plain texts."""
        self._console.print(Text.assemble(" " * indent, *map(self._fitted, parts)), soft_wrap=True)

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

    def columns(self, headings: Iterable[tuple[str, bool]], rows: Iterable[Sequence[str | Text]]) -> Table:
        """A table without rules: headings, each with whether its column holds numbers, then the rows."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for heading, number in headings:
            table.add_column(self._cell(heading), justify="right" if number else "left", no_wrap=True)
        for row in rows:
            table.add_row(*map(self._cell, row))
        return table

    def fits(self, table: Table, *, indent: int = 0) -> bool:
        """Whether the table can be printed without narrowing a column."""
        return indent + self._natural_width(table) <= self.width

    def table(self, table: Table, *, indent: int = 0) -> None:
        """A table at its natural width, without the blanks that pad its last column."""
        options = self._console.options.update(width=max(self._natural_width(table), 1))
        for cells in self._console.render_lines(table, options, pad=False):
            self._console.print(Segments([Segment(" " * indent), *_trimmed(cells), Segment.line()]), soft_wrap=True)

    def flush(self) -> None:
        """Hand over what was written."""
        self._stream.flush()

    def _cell(self, content: str | Text) -> Text:
        if isinstance(content, Text):
            return Text(self._glyphs.fit(content.plain), content.style)
        return Text(self._glyphs.fit(content))

    def _fitted(self, part: str | tuple[str, str]) -> str | tuple[str, str]:
        return self._glyphs.fit(part) if isinstance(part, str) else (self._glyphs.fit(part[0]), part[1])

    def _natural_width(self, table: Table) -> int:
        wide = self._console.options.update(width=UNLIMITED)
        return Measurement.get(self._console, wide, table).maximum


def _trimmed(cells: Iterable[Segment]) -> list[Segment]:
    kept = list(cells)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        last = kept.pop()
        kept.append(Segment(last.text.rstrip(), last.style))
    return kept

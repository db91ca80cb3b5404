"""What an explanation is made of, as plain data: sentences, formulas, tables and grids of numbers, in sections."""

from collections.abc import Sequence
from typing import NamedTuple

# Ways in which a cell is set apart; how each looks is a report's business.
WINDOW, PADDING, UNREAD, CHOSEN = "window", "padding", "unread", "chosen"


class Cell(NamedTuple):
    """One entry of a grid, and what it is beside a number: in the window, of the padding, read by none, the one."""

    text: str
    mark: str = ""


class NumberGrid(NamedTuple):
    """Entries in rows and columns, with the indices along both; `title` says of what. `cut`: not all are shown."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]
    row_labels: tuple[str, ...]
    column_labels: tuple[str, ...]
    cut: bool = False


class NumberGrids(NamedTuple):
    """Grids that belong beside each other, where the page is wide enough; between two of them stands a sign."""

    grids: tuple[NumberGrid, ...]
    signs: tuple[str, ...] = ()


class Prose(NamedTuple):
    """A sentence or several, to be wrapped."""

    text: str


class Formula(NamedTuple):
    """Lines that are wrapped at spaces, if at all, with what follows set in."""

    lines: tuple[str, ...]


class Columns(NamedTuple):
    """A table: headings, each with whether numbers stand under it, and its rows."""

    headings: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]


Block = NumberGrids | Prose | Formula | Columns


class Section(NamedTuple):
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


class Explanation(NamedTuple):
    """All of it: what is explained, in one line, and the sections."""

    title: str
    sections: Sequence[Section]

"""Maps in a terminal: a glyph a cell, which says everything, on a block of colour where there is colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import ceil

from convcheck.checking.result import EQUAL, UNDECIDED, UNSEEN, WITHIN, WRONG, TensorMap, TensorResult
from convcheck.reports.maps import (
    NOTHING,
    PADDING,
    ErrorScale,
    Panel,
    cells_in_words,
    error_key,
    error_scale,
    grid_of,
    map_sentence,
    pooled,
    unread_cells,
)
from convcheck.reports.tables.page import Page
from convcheck.reports.wording.figures import shown

# What stands for a cell, ASCII alone, and its style where there is colour. The names are those of the key.
LOOKS: Mapping[str, tuple[str, str]] = {
    "right": (".", "green"),
    "step1": (":", "black on bright_yellow"),
    "step2": ("+", "black on yellow"),
    "step3": ("*", "bright_white on red"),
    "step4": ("#", "bright_white on magenta"),
    "undecided": ("?", "black on cyan"),
    "unseen": ("-", "dim"),
    "padding": ("0", "dim"),
    "unread": ("~", "green"),
    "nothing": (" ", ""),
}
STEPS = 4
# A map has about as many lines at most, and a page without a width this one.
MOST_LINES = 40
WIDEST = 120
# Columns between two panels.
GAP = 2


def print_map(page: Page, tensor: TensorResult, *, indent: int) -> None:
    """The map of a tensor, its larger ones with blocks of entries for cells; nothing where it has none."""
    if tensor.map is None:
        return
    width = min(page.width, WIDEST) - indent - 2
    drawn = pooled(tensor.map, lambda drawn: _Layout(drawn, width).fits)
    layout, scale = _Layout(drawn, width), error_scale(drawn, STEPS)
    grid = layout.grid
    words = "; ".join(filter(None, (grid.words, cells_in_words(drawn))))
    page.prose(f"map of {shown(tensor.name)}, {map_sentence(tensor, drawn)}", indent=indent, hanging=2)
    page.prose(words, indent=indent + 2, hanging=2)
    key = (
        f"{LOOKS[item.name][0]} = {item.words}{'' if item.cells is None else f' ({item.cells})'}"
        for item in error_key(drawn, scale)
    )
    page.prose(", ".join(key), indent=indent + 2, hanging=2)
    names = _names(drawn, scale)
    for row, label in zip(grid.rows, grid.labels or ("",) * len(grid.rows), strict=True):
        _print_panels(page, row, names, layout, label, indent + 2)


class _Layout:
    """Where the panels of a map stand on a page of a width: `columns` to a cell, `pitch` to a panel."""

    def __init__(self, drawn: TensorMap, width: int) -> None:
        # A cell is as high as two columns are wide.
        self.grid = grid_of(drawn, max(1, width // 2))
        across = len(self.grid.rows[0][0][0])
        self.margin = max((len(each) for each in self.grid.labels), default=-GAP) + GAP
        self.columns = 2 if self.margin + 2 * across <= width + 1 else 1
        heading = max((len(each) for each in self.grid.headings), default=0)
        self.pitch = max(across * self.columns, heading) + GAP
        self.beside = max(1, (width - self.margin + GAP) // self.pitch)
        rows, panels, height = len(self.grid.rows), len(self.grid.rows[0]), len(self.grid.rows[0][0])
        lines = rows * ceil(panels / self.beside) * (height + bool(self.grid.headings))
        self.fits = lines <= MOST_LINES and self.margin + self.pitch - GAP - (self.columns - 1) <= width


def _names(drawn: TensorMap, scale: ErrorScale) -> Sequence[str]:
    """How each cell is drawn, by the names in LOOKS."""
    others = {EQUAL: "right", WITHIN: "right", UNDECIDED: "undecided", UNSEEN: "unseen"}
    unread = unread_cells(drawn)
    names = []
    for cell, (state, ratio) in enumerate(zip(drawn.states, drawn.ratio, strict=True)):
        name = f"step{scale.step(ratio)}" if state == WRONG else others[state]
        names.append("unread" if name == "right" and cell in unread else name)
    return names


def _print_panels(
    page: Page, row: Sequence[Panel], names: Sequence[str], layout: _Layout, label: str, indent: int
) -> None:
    """The panels of a row, as many beside each other as there is room for, each line of cells under their indices."""
    margin, pitch = layout.margin, layout.pitch
    for first in range(0, len(row), layout.beside):
        beside = slice(first, first + layout.beside)
        panels, headings = row[beside], layout.grid.headings[beside]
        if headings:
            above = "".join(each.ljust(pitch) for each in headings)
            page.line((f"{label.ljust(margin)}{above}".rstrip(), "dim"), indent=indent)
        for line in range(len(panels[0])):
            parts = [*_line([panel[line] for panel in panels], names, layout.columns, pitch)]
            if not page.has_colour:
                parts = [("".join(text for text, _ in parts).rstrip(), "")]
            page.line(" " * margin, *parts, indent=indent)


def _line(parts: Sequence[Sequence[int]], names: Sequence[str], columns: int, pitch: int) -> Iterator[tuple[str, str]]:
    """One line of each of several panels, as texts with their styles."""
    for number, cells in enumerate(parts):
        looks = [_look(cell, names) for cell in cells]
        for style, run in groupby(looks, key=lambda look: look[1]):
            yield "".join(glyph.ljust(columns) for glyph, _ in run), style
        if number < len(parts) - 1:
            yield " " * (pitch - columns * len(cells)), ""


def _look(cell: int, names: Sequence[str]) -> tuple[str, str]:
    return LOOKS["padding" if cell == PADDING else "nothing" if cell == NOTHING else names[cell]]

"""The pictures of a map, drawn by hand: how wrong each entry is, and beside it what both sides say of it.

Each way to draw a cell is one path for all the cells that are drawn so, with one stroke for cells beside each other. A
shade never says by itself what a cell is: right ones are empty, the others have a mark, and the key has words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from convcheck.checking.result import EQUAL, UNDECIDED, UNSEEN, WITHIN, WRONG
from convcheck.reports.maps import (
    NOTHING,
    PADDING,
    ErrorScale,
    Grid,
    KeyItem,
    ValueScale,
    error_key,
    error_scale,
    frame_key,
    grid_of,
    unread_cells,
    value_scale,
)
from convcheck.spec.showing import numeral

if TYPE_CHECKING:
    from convcheck.checking.result import TensorMap

ERROR_STEPS = 5
VALUE_STEPS = 3
# Cells in a row of a tensor with one axis.
STRIP = 32
# The side of a cell in pixels, by how many of them are side by side at most, gaps between panels too.
SIDES = ((20, 18), (36, 14), (64, 10), (math.inf, 7))
# Pixels: of the text, and about as wide as a character of it.
TEXT = 11
CHARACTER = 6.5
# Drawn over cells, and not in place of a fill: a stroke within the cell.
MARKS: Mapping[str, str] = {
    "undecided": "M{x}.2 {y}.8l.6-.6",
    "unseen": "M{x}.4 {y}.5h.2",
    "unread": "M{x} {y}l1 1",
    "negative": "M{x}.25 {y}.5h.5",
    # On the shade that is as dark as the other marks.
    "most-negative": "M{x}.25 {y}.5h.5",
    "infinite": "M{x}.2 {y}.2l.6.6m0-.6l-.6.6",
}


def fits_page(drawn: TensorMap) -> bool:
    """Whether a map is small enough to be drawn as it is."""
    shape = drawn.shape
    if len(shape) < 2:
        return math.prod(shape) <= 512
    *leading, height, width = shape
    across = leading[-1] if leading else 1
    down = math.prod(leading[:-1])
    return math.prod(shape) <= 1024 and across * (width + 1) <= 100 and down * (height + 1) <= 100


class Drawing:
    """One map as it is drawn: `error` and the two values share its layout. `worst` is the cell that is outlined."""

    def __init__(self, drawn: TensorMap, worst: int | None) -> None:
        self._map = drawn
        self._grid = grid_of(drawn, STRIP)
        self._worst = worst
        self._unread = unread_cells(drawn)
        self._errors = error_scale(drawn, ERROR_STEPS)
        self._values = value_scale(drawn, VALUE_STEPS)

    @property
    def grid(self) -> Grid:
        """How the cells are laid out."""
        return self._grid

    def error(self, number: str, title: str, description: str) -> str:
        """The picture of how wrong each entry is. `number` makes its ids unique."""
        names = [_error_name(state, ratio, self._errors) for state, ratio in self._cells(self._map.ratio)]
        return self._svg(number, title, description, names, {}, outlined=True)

    def values(self, number: str, title: str, description: str, *, numeric: bool) -> str:
        """The picture of what backward gives, or of what the differences show."""
        values = self._map.numeric if numeric else self._map.analytic
        names = []
        negative: list[int] = []
        most: list[int] = []
        for cell, (state, value) in enumerate(self._cells(values)):
            unseen = numeric and state == UNSEEN
            names.append("unseen" if unseen else _value_name(value, self._values))
            if names[-1].startswith("minus"):
                (most if names[-1] == f"minus{VALUE_STEPS}" else negative).append(cell)
        marked = {"negative": frozenset(negative), "most-negative": frozenset(most)}
        return self._svg(number, title, description, names, marked)

    def error_key(self) -> list[KeyItem]:
        """The key to the picture of errors."""
        worst = [KeyItem("worst", "the worst entry")] if self._worst is not None else []
        return error_key(self._map, self._errors) + worst

    def value_key(self) -> list[KeyItem]:
        """The key to both pictures of values."""
        scale, values = self._values, (*self._map.analytic, *self._map.numeric)
        found = {_value_name(value, scale) for value in values}
        finite = [value for value in values if math.isfinite(value)] or [0.0]
        items = [KeyItem("zero", "zero")] if "zero" in found else []
        for step in range(1, VALUE_STEPS + 1):
            least, most = scale.edge(step - 1), scale.edge(step)
            above = f"{least} to {most}" if step > 1 else f"above 0, up to {most}"
            below = f"-{least} to -{most}" if step > 1 else f"below 0, down to -{most}"
            if step == VALUE_STEPS:
                above += ", or more" if scale.most < max(finite) else ""
                below += ", or less" if min(finite) < -scale.most else ""
            items += [KeyItem(f"plus{step}", above)] if f"plus{step}" in found else []
            items += [KeyItem(f"minus{step}", below)] if f"minus{step}" in found else []
        items += [KeyItem("infinite", "not finite")] if "infinite" in found and UNSEEN not in self._map.states else []
        items += [KeyItem("unseen", "not looked at by itself")] if UNSEEN in self._map.states else []
        return items + frame_key(self._map)

    def _cells(self, values: Iterable[float]) -> Iterator[tuple[str, float]]:
        return zip(self._map.states, values, strict=True)

    def _svg(
        self,
        number: str,
        title: str,
        description: str,
        names: list[str],
        more: Mapping[str, frozenset[int]],
        *,
        outlined: bool = False,
    ) -> str:
        rows = self._grid.rows
        height, width = len(rows[0][0]), len(rows[0][0][0])
        across = len(rows[0]) * (width + 1) - 1
        side = next(pixels for most, pixels in SIDES if across <= most)
        left = math.ceil(max((len(label) for label in self._grid.labels), default=0) * CHARACTER)
        left += 6 if left else 0
        top = TEXT + 5 if self._grid.headings else 0
        down = len(rows) * (height + 1) - 1
        # Half a stroke beyond the cells on each side, and room for the last heading.
        heading = len(self._grid.headings[-1]) * CHARACTER if self._grid.headings else 0
        wide = math.ceil(left + max(across * side, (across - width) * side + heading) + 2)
        high = top + down * side + 2
        paths = self._paths(names, more, width, height, outlined=outlined)
        labels = "".join(self._labels(side, left, top, width, height))
        return (
            f'<svg role="img" aria-labelledby="{number}t {number}d" viewBox="0 0 {wide} {high}"'
            f' style="width:{wide}px;min-width:{min(wide, math.ceil(left + across * 5))}px">'
            f'<title id="{number}t">{escape(title)}</title><desc id="{number}d">{escape(description)}</desc>'
            f'<g transform="translate({left + 1} {top + 1})scale({side})">{"".join(paths)}</g>{labels}</svg>'
        )

    def _paths(
        self, names: list[str], more: Mapping[str, frozenset[int]], width: int, height: int, *, outlined: bool
    ) -> Iterator[str]:
        fills: dict[str, list[str]] = {}
        marks: dict[str, list[str]] = {}
        lines: list[str] = []
        ring = ""
        for down, row in enumerate(self._grid.rows):
            for along, panel in enumerate(row):
                for line, cells in enumerate(panel):
                    x, y = along * (width + 1), down * (height + 1) + line
                    for name, run in groupby(enumerate(cells, x), key=lambda each: _name_of(each[1], names)):
                        first, *others = (column for column, _ in run)
                        fills.setdefault(name, []).append(f"M{first} {y}h{1 + len(others)}")
                    for column, one in enumerate(cells, x):
                        for mark in self._marks_of(one, names, more):
                            marks.setdefault(mark, []).append(MARKS[mark].format(x=column, y=y))
                        if outlined and one == self._worst and one >= 0:
                            ring = f'<path class="worst" d="M{column} {y}h1v1h-1z"/>'
                lines += _lines(panel, along * (width + 1), down * (height + 1))
        fills.pop("nothing", None)
        # A stroke as wide as a cell takes fewer characters than a rectangle; its middle is that of the cells.
        drawn = "".join(f'<path class="{name}" d="{"".join(strokes)}"/>' for name, strokes in sorted(fills.items()))
        yield f'<g transform="translate(0 .5)">{drawn}</g>'
        yield f'<path class="lines" d="{"".join(lines)}"/>'
        for name, strokes in sorted(marks.items()):
            yield f'<path class="mark {name}" d="{"".join(strokes)}"/>'
        yield ring

    def _marks_of(self, cell: int, names: list[str], more: Mapping[str, frozenset[int]]) -> Iterator[str]:
        if cell < 0:
            return
        if names[cell] in MARKS:
            yield names[cell]
        if cell in self._unread:
            yield "unread"
        yield from (mark for mark, cells in more.items() if cell in cells)

    def _labels(self, side: int, left: int, top: int, width: int, height: int) -> Iterator[str]:
        grid = self._grid
        pitch = (width + 1) * side
        longest = max((len(text) for text in grid.headings), default=0) * CHARACTER
        for number, text in enumerate(grid.headings):
            # As many as have room beside each other.
            if number % math.ceil((longest + CHARACTER) / pitch) == 0:
                yield f'<text x="{left + number * pitch + 1}" y="{TEXT}">{escape(text)}</text>'
        pitch = (height + 1) * side
        for number, text in enumerate(grid.labels):
            if number % math.ceil(TEXT / pitch) == 0:
                yield f'<text x="0" y="{top + number * pitch + TEXT}">{escape(text)}</text>'


def _lines(panel: tuple[tuple[int, ...], ...], x: int, y: int) -> Iterator[str]:
    """Around the cells of a panel and between them; nothing around padding."""
    rows = [line for line, cells in enumerate(panel) if any(cell >= 0 for cell in cells)]
    columns = [number for number in range(len(panel[0])) if any(cells[number] >= 0 for cells in panel)]
    if not rows or not columns:
        return
    across, down = len(columns), len(rows)
    yield from (f"M{x + columns[0]} {y + line}h{across}" for line in (*rows, rows[-1] + 1))
    yield from (f"M{x + column} {y + rows[0]}v{down}" for column in (*columns, columns[-1] + 1))


def _name_of(cell: int, names: list[str]) -> str:
    return "nothing" if cell == NOTHING else "padding" if cell == PADDING else names[cell]


def _error_name(state: str, ratio: float, scale: ErrorScale) -> str:
    if state == WRONG:
        return f"step{scale.step(ratio)}"
    return {EQUAL: "right", WITHIN: "right", UNDECIDED: "undecided", UNSEEN: "unseen"}[state]


def _value_name(value: float, scale: ValueScale) -> str:
    if not math.isfinite(value):
        return "infinite"
    step = scale.step(value)
    return "zero" if step == 0 else f"plus{step}" if step > 0 else f"minus{-step}"


def range_in_words(values: Iterable[float]) -> str:
    """From the least to the largest of the finite values, and how many are zero."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "no finite values"
    zeros = finite.count(0.0)
    told = f"from {numeral(min(finite), 4)} to {numeral(max(finite), 4)}"
    return told + (f", {zeros:,} of {len(finite):,} zero" if zeros else "")

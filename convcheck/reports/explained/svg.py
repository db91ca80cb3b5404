"""The grids of an explanation as SVG: a cell is a rectangle with its number, and what it is has a stroke or a shade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from convcheck.explain.blocks import CHOSEN, PADDING, UNREAD, WINDOW, Cell, Explanation, NumberGrid, NumberGrids

# Pixels.
HEIGHT, GAP, TEXT, CHARACTER = 24, 18, 12, 7.4
# So that it is read on white and on black alike.
STYLE = (
    "text{font:12px ui-monospace,monospace;fill:currentColor}.label{opacity:.65}.cell{fill:none;stroke:currentColor;"
    "stroke-opacity:.35}.window{fill:#2a7fd4;fill-opacity:.22;stroke:#2a7fd4;stroke-width:2;stroke-opacity:1}"
    ".chosen{fill:#2a9d4a;fill-opacity:.35;stroke:#2a9d4a;stroke-width:2;stroke-opacity:1}"
    ".padding{fill:currentColor;fill-opacity:.1}.unread{fill:#b8860b;fill-opacity:.2;stroke-dasharray:3 2}"
)
WORDS = {
    WINDOW: "blue: in the window",
    CHOSEN: "green: the one that the output is",
    UNREAD: "dashed: read by no window",
    PADDING: "grey: padding",
}


class Drawn:
    """Pieces of a picture that are put below each other; `width` and `height` are in pixels."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.width = 0.0
        self.height = 0.0

    def text(self, text: str, x: float = 0.0, kind: str = "") -> None:
        """One line below what is there."""
        self.height += HEIGHT * 0.8
        self.pieces.append(_text(x, self.height - 5, text, kind))
        self.width = max(self.width, x + len(text) * CHARACTER)

    def grids(self, block: NumberGrids) -> None:
        """NumberGrids beside each other."""
        x, height = 0.0, 0.0
        for number, grid in enumerate(block.grids):
            pieces, width, tall = _grid(grid, x, self.height)
            self.pieces += pieces
            x += width
            height = max(height, tall)
            if number < len(block.signs):
                self.pieces.append(_text(x + GAP / 2, self.height + tall / 2 + HEIGHT / 2, block.signs[number], ""))
            x += GAP * 2
        self.width = max(self.width, x)
        self.height += height + GAP / 2
        if key := key_of(block.grids):
            self.text(key, kind="label")
        self.height += GAP / 2

    def svg(self, title: str) -> str:
        """The picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {self.width + 8:.0f} {self.height + 8:.0f}" '
            f'width="{self.width + 8:.0f}" height="{self.height + 8:.0f}" role="img" aria-label="{escape(title)}">'
            f"<style>{STYLE}</style>{''.join(self.pieces)}</svg>"
        )


def grids_svg(block: NumberGrids) -> str:
    """One block of grids."""
    drawn = Drawn()
    drawn.grids(block)
    return drawn.svg(block.grids[0].title)


def explanation_svg(explanation: Explanation) -> str:
    """All grids of an explanation, below each other, under the headings of their sections."""
    drawn = Drawn()
    drawn.text(explanation.title)
    for section in explanation.sections:
        grids = [block for block in section.blocks if isinstance(block, NumberGrids)]
        if grids:
            drawn.text(section.title)
        for block in grids:
            drawn.grids(block)
    return drawn.svg(explanation.title) + "\n"


def has_pictures(explanation: Explanation) -> bool:
    """Whether there is anything to draw."""
    return any(isinstance(block, NumberGrids) for section in explanation.sections for block in section.blocks)


def key_of(grids: Sequence[NumberGrid]) -> str:
    """What the looks of cells mean, of those that there are."""
    marks = {cell.mark for grid in grids for row in grid.rows for cell in row}
    said = [words for mark, words in WORDS.items() if mark in marks]
    said += ["the image is larger: what is around the window is shown"] if any(grid.cut for grid in grids) else []
    return ", ".join(said)


def _grid(grid: NumberGrid, left: float, top: float) -> tuple[list[str], float, float]:
    """The pieces of a grid whose corner is at (left, top), its width and its height."""
    longest = max(len(cell.text) for row in grid.rows for cell in row)
    wide = max(3, longest + 1) * CHARACTER
    side = max((len(label) for label in grid.row_labels), default=0) * CHARACTER
    side += 6 if side else 0
    labelled = any(grid.column_labels)
    y = top + HEIGHT * 0.8
    pieces = [_text(left, y - 5, grid.title, "")]
    if labelled:
        y += HEIGHT * 0.7
        pieces += [
            _text(left + side + (j + 0.5) * wide, y - 5, label, "label", "middle")
            for j, label in enumerate(grid.column_labels)
        ]
    for label, row in zip(grid.row_labels, grid.rows, strict=True):
        if label:
            pieces.append(_text(left, y + HEIGHT / 2 + 4, label, "label"))
        pieces += [piece for j, cell in enumerate(row) for piece in _cell(cell, left + side + j * wide, y, wide)]
        y += HEIGHT
    width = max(side + wide * len(grid.rows[0]), len(grid.title) * CHARACTER)
    return pieces, width, y - top


def _cell(cell: Cell, x: float, y: float, wide: float) -> Iterator[str]:
    kind = f"cell {cell.mark}".strip()
    yield f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{HEIGHT - 2}"/>'
    yield _text(x + wide / 2 - 1, y + HEIGHT / 2 + 3, cell.text, "", "middle")


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return f'<text{of_kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

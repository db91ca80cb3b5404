"""An explanation in a terminal: grids in columns, the window in brackets, nothing said by a colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from convcheck.explain.blocks import (
    CHOSEN,
    PADDING,
    UNREAD,
    WINDOW,
    Block,
    Cell,
    Columns,
    Explanation,
    Formula,
    NumberGrid,
    NumberGrids,
    Prose,
)
from convcheck.reports.tables.page import UNBROKEN, Page

STYLES = {WINDOW: "bold", CHOSEN: "bold green", PADDING: "dim", UNREAD: "yellow"}
# What stands around a number that is set apart.
SIGNS = {WINDOW: "[]", CHOSEN: "<>", UNREAD: "()"}
KEY = {
    WINDOW: "[ ] in the window",
    CHOSEN: "< > the one that the output is",
    UNREAD: "( ) read by no window",
    PADDING: ". padding",
}
INDENT = 2


def print_explanation(page: Page, explanation: Explanation) -> None:
    """Print it. Raises what the stream raises."""
    page.prose("", lead=explanation.title, style="bold", hanging=2)
    for section in explanation.sections:
        page.blank()
        page.line((section.title, "bold cyan"))
        for number, block in enumerate(section.blocks):
            if number and not (
                isinstance(block, (Prose, Formula)) and isinstance(section.blocks[number - 1], (Prose, Formula))
            ):
                page.blank()
            _print_block(page, block)
    page.flush()


def _print_block(page: Page, block: Block) -> None:
    match block:
        case Prose(text):
            page.prose(text, indent=INDENT)
        case Formula(lines):
            for line in lines:
                page.prose(line, indent=INDENT, hanging=4)
        case Columns(headings, rows):
            table = page.columns(headings, rows)
            if page.fits(table, indent=INDENT):
                page.table(table, indent=INDENT)
            else:
                _print_narrow(page, headings, rows)
        case NumberGrids(grids, signs):
            _print_grids(page, grids, signs)


def _print_narrow(page: Page, headings: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
    """A table that is too wide: its last column is wrapped."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(headings) - 1)]
    for row in rows:
        first = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, (_, number) in zip(row, widths, headings, strict=False)
        ]
        lead = "  ".join(first).replace(" ", UNBROKEN)
        page.prose(f"  {row[-1]}", lead=lead, indent=INDENT, hanging=len(lead) + 2)


def _print_grids(page: Page, grids: Sequence[NumberGrid], signs: Sequence[str]) -> None:
    drawn = [_lines(grid) for grid in grids]
    widths = [max(sum(len(text) for text, _ in line) for line in lines) for lines in drawn]
    between = [f" {sign} " for sign in signs] or ["   "] * (len(grids) - 1)
    if sum(widths) + sum(map(len, between)) + INDENT > page.width:
        for line in (line for lines in drawn for line in lines):
            page.line(*line, indent=INDENT)
    else:
        height = max(map(len, drawn))
        middle = height // 2
        for row in range(height):
            parts: list[tuple[str, str]] = []
            for number, (lines, width) in enumerate(zip(drawn, widths, strict=True)):
                line = lines[row] if row < len(lines) else []
                parts += line
                parts.append((" " * (width - sum(len(text) for text, _ in line)), ""))
                if number < len(between):
                    parts.append((between[number] if row == middle else " " * len(between[number]), ""))
            page.line(*_stripped(parts), indent=INDENT)
    key = [said for mark, said in KEY.items() if any(c.mark == mark for g in grids for row in g.rows for c in row)]
    if len(grids) > 1:
        key = [one for one in key if not one.startswith(".")]
    if any(grid.cut for grid in grids):
        key.append("the image is larger: what is around the window is shown")
    if key:
        page.items(key, indent=INDENT, hanging=2)


def _lines(grid: NumberGrid) -> list[list[tuple[str, str]]]:
    """The grid line by line, each in pieces with a style."""
    cells = [[_cell(cell) for cell in row] for row in grid.rows]
    columns = range(len(grid.column_labels))
    widths = [max(len(grid.column_labels[j]) + 1, *(len(row[j][0]) for row in cells)) for j in columns]
    side = max((len(label) for label in grid.row_labels), default=0)
    labelled = any(grid.column_labels)
    lines: list[list[tuple[str, str]]] = [[(grid.title, "")]]
    if labelled:
        heads = "".join(f"{grid.column_labels[j] + ' ':>{widths[j] + 1}}" for j in columns)
        lines.append([(" " * side + heads.rstrip(), "dim")])
    for label, row in zip(grid.row_labels, cells, strict=True):
        line: list[tuple[str, str]] = [(label.rjust(side), "dim")]
        line += [(f"{text:>{widths[j] + 1}}", style) for j, (text, style) in enumerate(row)]
        lines.append(_stripped(line))
    return lines


def _cell(cell: Cell) -> tuple[str, str]:
    text = "." if cell.mark == PADDING else cell.text
    signs = SIGNS.get(cell.mark, "  ")
    return f"{signs[0]}{text}{signs[1]}".replace("  ", " ") if signs.strip() else f"{text} ", STYLES.get(cell.mark, "")


def _stripped(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without blanks at the end."""
    while parts and not parts[-1][0].strip():
        parts = parts[:-1]
    return [*parts[:-1], (parts[-1][0].rstrip(), parts[-1][1])] if parts else []

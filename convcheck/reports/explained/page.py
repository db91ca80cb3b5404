"""An explanation as a page: one file, which fetches nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from convcheck.explain.blocks import Block, Columns, Explanation, Formula, NumberGrids, Prose
from convcheck.reports.explained.svg import grids_svg
from convcheck.reports.html.style import CSS


def explanation_html(explanation: Explanation) -> str:
    """The whole page."""
    title = escape(explanation.title)
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{title}</title><style>{CSS}</style></head><body><main>",
            f"<h1>{title}</h1>",
            *(
                line
                for section in explanation.sections
                for line in (
                    f"<h2>{escape(section.title)}</h2>",
                    *(one for block in section.blocks for one in _block(block)),
                )
            ),
            "</main></body></html>",
            "",
        )
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Prose(text):
            yield f"<p>{escape(text)}</p>"
        case Formula(lines):
            yield f"<pre>{escape(chr(10).join(lines))}</pre>"
        case Columns(headings, rows):
            sides = ["right" if number else "left" for _, number in headings]
            yield '<div class="scroll"><table>'
            yield _row("th", [heading for heading, _ in headings], sides)
            yield from (_row("td", row, sides) for row in rows)
            yield "</table></div>"
        case NumberGrids():
            yield f'<div class="scroll">{grids_svg(block)}</div>'


def _row(element: str, cells: list[str] | tuple[str, ...], sides: list[str]) -> str:
    inside = "".join(
        f'<{element} style="text-align:{side}">{escape(cell)}</{element}>'
        for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{inside}</tr>"

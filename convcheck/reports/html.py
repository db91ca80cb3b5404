"""One check for a notebook: a fragment of HTML that says what its block in the table report says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from convcheck.checking.result import Result, TensorResult
from convcheck.reports.tables.heading import manner_texts, sizes_text
from convcheck.reports.tables.paragraphs import Paragraph, paragraphs
from convcheck.reports.tables.rows import TEXT_HEADINGS, figures
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import wrong_text
from convcheck.reports.wording.words import STYLES, expectation, status_word, verdict_style

# The colours of the table report, dark enough to be read on white and light enough on black. A colour never says more
# than its word.
CSS = {
    "green": "color:#2a9d4a",
    "yellow": "color:#b8860b",
    "cyan": "color:#1a8ca0",
    "bold red": "color:#e03131;font-weight:bold",
    "dim": "opacity:.7",
}


def html_text(result: Result) -> str:
    """The fragment: self-contained, without a script, and with every text from users escaped."""
    return "\n".join(("<div>", *_heading(result), *_table(result.tensors), *_list(result), "</div>"))


def _heading(result: Result) -> Iterator[str]:
    word, remark = status_word(result), expectation(result)
    said = f" {escape(remark)}" if remark else ""
    yield f"<div>{_styled(word, STYLES[word])}{said} <b>{escape(shown(result.id))}</b></div>"
    yield f"<div>{escape(sizes_text(result))}</div>"
    yield f"<div>{escape(', '.join(manner_texts(result)))}</div>"


def _table(tensors: Iterable[TensorResult]) -> Iterator[str]:
    rows = [(tensor, figures(tensor)) for tensor in tensors]
    if not rows:
        return
    # The worst entries have columns of their own only where there are any.
    headings = [heading for heading in rows[0][1] if any(cells[heading] for _, cells in rows)]
    yield "<table>"
    yield f"<tr>{''.join(_cell('th', heading, escape(heading)) for heading in headings)}</tr>"
    for tensor, cells in rows:
        shown_cells = (_cell("td", heading, _figure(tensor, heading, cells[heading])) for heading in headings)
        yield f"<tr>{''.join(shown_cells)}</tr>"
    yield "</table>"


def _cell(element: str, heading: str, inside: str) -> str:
    side = "left" if heading in TEXT_HEADINGS else "right"
    return f'<{element} style="text-align:{side}">{inside}</{element}>'


def _figure(tensor: TensorResult, heading: str, cell: str) -> str:
    return _styled(cell, verdict_style(tensor)) if heading == "verdict" else escape(cell)


def _list(result: Result) -> Iterator[str]:
    wrong = (tensor for tensor in result.tensors if tensor.verdict == "wrong")
    said = [Paragraph("wrong", f" {wrong_text(tensor)}", STYLES["wrong"]) for tensor in wrong]
    said += paragraphs(result)
    if not said:
        return
    yield "<ul>"
    for lead, text, style, hint in said:
        yield f"<li>{_styled(lead, style)}{escape(text)}{f'<br>hint: {escape(hint)}' if hint else ''}</li>"
    yield "</ul>"


def _styled(text: str, style: str) -> str:
    return f'<span style="{CSS[style]}">{escape(text)}</span>'

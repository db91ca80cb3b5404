"""What the page and the fragment for notebooks have in common: a check's table of figures, and what is said below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape

from convcheck.checking.result import Result, TensorResult
from convcheck.reports.tables.paragraphs import Paragraph, paragraphs
from convcheck.reports.tables.rows import TEXT_HEADINGS, figures
from convcheck.reports.wording.sentences import wrong_text
from convcheck.reports.wording.words import STYLES, verdict_style

# Gives a text in one of the styles of the table report, escaped.
Styled = Callable[[str, str], str]


def tensor_table(tensors: Iterable[TensorResult], styled: Styled) -> Iterator[str]:
    """A row of figures for each tensor; nothing where there are none."""
    rows = [(tensor, figures(tensor)) for tensor in tensors]
    if not rows:
        return
    # The worst entries have columns of their own only where there are any.
    headings = [heading for heading in rows[0][1] if any(cells[heading] for _, cells in rows)]
    yield "<table>"
    yield f"<tr>{''.join(cell('th', heading, escape(heading)) for heading in headings)}</tr>"
    for tensor, cells in rows:
        shown_cells = (cell("td", heading, _figure(tensor, heading, cells[heading], styled)) for heading in headings)
        yield f"<tr>{''.join(shown_cells)}</tr>"
    yield "</table>"


def cell(element: str, heading: str, inside: str) -> str:
    """A cell of the column under `heading`; numbers stand to the right."""
    side = "left" if heading in TEXT_HEADINGS else "right"
    return f'<{element} style="text-align:{side}">{inside}</{element}>'


def _figure(tensor: TensorResult, heading: str, text: str, styled: Styled) -> str:
    return styled(text, verdict_style(tensor)) if heading == "verdict" else escape(text)


def said_list(result: Result, styled: Styled) -> Iterator[str]:
    """What is wrong, in sentences, and the paragraphs of the table report; nothing where there is nothing to say."""
    wrong = (tensor for tensor in result.tensors if tensor.verdict == "wrong")
    said = [Paragraph("wrong", f" {wrong_text(tensor)}", STYLES["wrong"]) for tensor in wrong]
    said += paragraphs(result)
    if not said:
        return
    yield "<ul>"
    for lead, text, style, hint in said:
        yield f"<li>{styled(lead, style)}{escape(text)}{f'<br>hint: {escape(hint)}' if hint else ''}</li>"
    yield "</ul>"

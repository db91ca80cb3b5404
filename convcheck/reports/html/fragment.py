"""One check for a notebook: a fragment of HTML that says what its block in the table report says."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from convcheck.checking.result import Result
from convcheck.reports.html.parts import said_list, tensor_table
from convcheck.reports.tables.heading import manner_texts, sizes_text
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.words import STYLES, expectation, status_word

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
    table, said = tensor_table(result.tensors, _styled), said_list(result, _styled)
    return "\n".join(("<div>", *_heading(result), *table, *said, "</div>"))


def _heading(result: Result) -> Iterator[str]:
    word, remark = status_word(result), expectation(result)
    said = f" {escape(remark)}" if remark else ""
    yield f"<div>{_styled(word, STYLES[word])}{said} <b>{escape(shown(result.id))}</b></div>"
    yield f"<div>{escape(sizes_text(result))}</div>"
    yield f"<div>{escape(', '.join(manner_texts(result)))}</div>"


def _styled(text: str, style: str) -> str:
    return f'<span style="{CSS[style]}">{escape(text)}</span>'

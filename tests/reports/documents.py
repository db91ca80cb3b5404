"""JSON documents, as `convcheck run --format json` writes them and as they are read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcheck.checking.result import Result
from convcheck.reports.report import RunEnd
from convcheck.reports.stored.document import Document, read_document
from convcheck.reports.stored.merge import merged_pieces
from tests.reports.rendering import WELL, render
from tests.reports.samples import tensor


def document(*results: Result, ending: RunEnd = WELL) -> Mapping[str, Any]:
    return read_document(render(results, name="json", ending=ending), "a.json")


def merged_text(merged: Document) -> str:
    return "".join(merged_pieces(merged))


def in_json(text: str) -> str:
    """A text as the document has it: half of a surrogate pair is shown."""
    return text.encode("utf-8", "backslashreplace").decode()


def holds(check: Mapping[str, Any], text: str) -> None:
    """Whether a check of a document is that of `hostile`, its text everywhere as it was."""
    text = in_json(text)
    assert check["id"] == f"{text}.yaml::{text}"
    assert check["file"] == f"{text}.yaml"
    assert check["layer"] == check["implementation"] == text
    assert [one["name"] for one in check["tensors"]] == [text, "dw"]
    assert check["tensors"][1]["criterion"] == check["tensors"][1]["scheme"] == text
    assert [(one["code"], one["message"]) for one in check["findings"]] == [(text, text), ("note", text)]
    assert check["findings"][0]["tensor"] == check["findings"][0]["hint"] == text
    assert text in check["repeat"]


def with_error(one: Result, over_bound: float | None) -> Result:
    """The check with one tensor, its largest error so many times its bound."""
    return one._replace(tensors=(tensor("dx", verdict="within_bound", max_error_over_bound=over_bound),))

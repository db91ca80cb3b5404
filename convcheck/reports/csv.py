"""The report for spreadsheets: a row a tensor, as RFC 4180 has it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from convcheck.checking.result import Result
from convcheck.reports.json import check_record, json_value
from convcheck.reports.report import Invocation, RunEnd
from convcheck.reports.tables.glyphs import Glyphs
from convcheck.reports.wording.figures import shown
from convcheck.reports.wording.sentences import why

CHECK_KEYS = (
    "id", "file", "line", "layer", "implementation", "dtype", "data", "seed", "expect", "status",
    "forward_evaluations", "backward_evaluations", "seconds",
)  # fmt: skip
TENSOR_KEYS = (
    "shape", "verdict", "entries", "checked", "directions", "wrong", "undecided",
    "max_abs_error", "max_rel_error", "max_error_over_bound",
)  # fmt: skip
WORST_KEYS = ("index", "analytic", "numeric", "bound")
COLUMNS = (
    *CHECK_KEYS, "tensor", *TENSOR_KEYS, *(f"worst_{key}" for key in WORST_KEYS),
    "criterion", "scheme", "why", "repeat",
)  # fmt: skip

# A cell that starts like this is a formula to a spreadsheet, and a formula can send what stands in the others away.
FORMULA = ("=", "+", "-", "@")


class CsvReport:
    """Keeps nothing: rows as the checks finish. A check without tensors has one row, and the reason in it."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation
        self._glyphs = Glyphs(getattr(stream, "encoding", None))
        # RFC 4180 ends lines in CR LF.
        self._rows = csv.writer(stream, lineterminator="\r\n")
        self._rows.writerow(COLUMNS)

    def add(self, result: Result) -> None:
        """Write the rows of one check."""
        # Values go through the same conversion as those of the JSON document: what is null there is empty here.
        check = json_value(check_record(result, self._invocation.repeat(result)))
        check["why"] = why(result)
        tensors: Sequence[Mapping[str, Any]] = check["tensors"] or ({},)
        for tensor in tensors:
            self._rows.writerow(self._cell(value) for value in _row(check, tensor))
        self._stream.flush()

    def finish(self, ending: RunEnd) -> None:
        """Nothing: errors in specs and the counts go to standard error, whatever the format."""
        self._stream.flush()

    def _cell(self, value: Any) -> str:
        match value:
            case None:
                return ""
            case str():
                text = self._glyphs.fit(shown(value))
                return f"'{text}" if text.startswith(FORMULA) else text
            case list():
                return "x".join(map(str, value))
        return repr(value)


def _row(check: Mapping[str, Any], tensor: Mapping[str, Any]) -> Iterator[Any]:
    yield from (check[key] for key in CHECK_KEYS)
    yield from (tensor.get(key) for key in ("name", *TENSOR_KEYS))
    worst = tensor.get("worst") or {}
    yield _index(worst.get("index"))
    yield from (worst.get(key) for key in WORST_KEYS[1:])
    yield from (tensor.get(key) for key in ("criterion", "scheme"))
    yield from (check[key] for key in ("why", "repeat"))


def _index(index: list[int] | None) -> str | None:
    return None if index is None else " ".join(map(str, index))

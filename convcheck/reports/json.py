"""The report for programs: one versioned document, described by `report.schema.json`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from convcheck.checking.result import Result, TensorResult
from convcheck.reports.report import Invocation, RunEnd, Tally
from convcheck.reports.spool import Spool

# Raised when a key changes its meaning or goes; new keys leave it as it is.
SCHEMA_VERSION = 1

COMMAND_MARK = re.compile(r"##(?=\w*\[)")


class JsonReport:
    """Writes the whole document at the end, for the counts stand before the checks."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation
        self._tally = Tally()
        self._checks = Spool()

    def add(self, result: Result) -> None:
        """Take one check."""
        self._tally.add(result)
        text = json_text(check_record(result, self._invocation.repeat(result)))
        self._checks.add(check_item(text, first=not len(self._checks)))

    def finish(self, ending: RunEnd) -> None:
        """Write the document: a line for each key and for each check, so that two of them can be compared by line."""
        head = {
            "schema": SCHEMA_VERSION,
            "convcheck": self._invocation.version,
            "environment": self._invocation.environment,
            "arguments": self._invocation.arguments,
            "summary": self._tally.counts(ending.not_run),
            "interrupted": ending.interrupted,
            "seconds": ending.seconds,
            "errors": ending.errors,
        }
        if ending.fault:
            head["fault"] = True
        if ending.not_checked:
            head["not_checked"] = ending.not_checked
        if ending.conclusions:
            head["conclusions"] = ending.conclusions
        if self._invocation.stubs:
            head["stubs"] = self._invocation.stubs
        self._stream.writelines(document_pieces(head, self._checks.pieces()))
        self._stream.flush()


def document_pieces(head: Mapping[str, Any], checks: Iterable[str]) -> Iterator[str]:
    """The whole document, piece by piece: what stands before its checks, and the checks as `check_item` makes them."""
    yield "{"
    for key, value in head.items():
        yield f"{json_text(key)}: {json_text(value)},\n"
    yield '"checks": ['
    end = "]}\n"
    for piece in checks:
        end = "\n]}\n"
        yield piece
    yield end


def check_item(check: str, *, first: bool) -> str:
    """One of the document's checks, JSON on one line, after what separates it from the one before."""
    return f"\n  {check}" if first else f",\n  {check}"


def check_record(result: Result, repeat: str) -> dict[str, Any]:
    """One of the document's `checks`: the result with the command that repeats it, its values not yet converted."""
    values = result._asdict()
    del values["samples"], values["observed"]
    first = {key: values.pop(key) for key in ("id", "file", "line", "layer")}
    # The tensors and findings are long: they come after what a person looks for first.
    last = {"tensors": [*map(_without_map, values.pop("tensors"))], "findings": values.pop("findings")}
    return {**first, **values, "repeat": repeat, **last}


def _without_map(tensor: TensorResult) -> dict[str, Any]:
    values = tensor._asdict()
    del values["map"]
    return values


def json_text(value: Any) -> str:
    """Any of our records as JSON on one line. Raises TypeError for what has no place in a report."""
    # ASCII alone: a stream of any encoding can carry it.
    text = json.dumps(json_value(value), allow_nan=False, ensure_ascii=True)
    # A log is read by a CI as well, and `##vso[…]` anywhere in a line is a command to it. The text stays what it is.
    return COMMAND_MARK.sub(r"#\\u0023", text) if "##" in text else text


def json_value(value: Any) -> Any:
    """The one place where values become JSON: finite numbers, texts, lists, objects. NaN and infinity are null.

    Raises TypeError for anything else.
    """
    # Our records are tuples as well.
    if callable(named := getattr(value, "_asdict", None)):
        return json_value(named())
    match value:
        case None | int() | float():
            return value if not isinstance(value, float) or math.isfinite(value) else None
        case str():
            return _unicode(value)
        case Mapping():
            return {_unicode(str(key)): json_value(item) for key, item in value.items()}
        case list() | tuple():
            return [json_value(item) for item in value]
    # A NumPy scalar that came along with the sizes or the errors.
    if callable(item := getattr(value, "item", None)):
        return json_value(item())
    raise TypeError(f"{type(value).__name__} has no place in the report: {value!r}")


def _unicode(text: str) -> str:
    """The text with half of a surrogate pair, from a file's name that is not UTF-8, shown as in ids: JSON has none."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")

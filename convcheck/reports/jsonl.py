"""The report for streams: one object of the JSON document's `checks` a line, each as its check finishes."""

from __future__ import annotations

from typing import TextIO

from convcheck.checking.result import Result
from convcheck.reports.json import check_record, json_text
from convcheck.reports.report import Invocation, RunEnd


class JsonlReport:
    """Every line is a check, and there is no other line, so that a reader need not tell them apart."""

    def __init__(self, stream: TextIO, invocation: Invocation) -> None:
        self._stream = stream
        self._invocation = invocation

    def add(self, result: Result) -> None:
        """Write one check, at once: somebody may be reading at the other end of a pipe."""
        self._stream.write(json_text(check_record(result, self._invocation.repeat(result))) + "\n")
        self._stream.flush()

    def finish(self, ending: RunEnd) -> None:
        """Nothing: errors in specs and the counts go to standard error, whatever the format."""
        self._stream.flush()

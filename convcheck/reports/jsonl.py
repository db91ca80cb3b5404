"""The report for streams: one object of the JSON document's `checks` a line, each as its check finishes."""

from __future__ import annotations

from typing import TextIO

from convcheck.checking.result import Result
from convcheck.reports.json import check_record, json_text
from convcheck.reports.report import Ending, Run


class JsonlReport:
    """Keeps nothing. Every line is a check, so that no reader has to tell them from anything else."""

    def __init__(self, stream: TextIO, run: Run) -> None:
        self._stream = stream
        self._run = run

    def add(self, result: Result) -> None:
        """Write one check, at once: somebody may be reading at the other end of a pipe."""
        self._stream.write(json_text(check_record(result, self._run.repeat(result))) + "\n")
        self._stream.flush()

    def finish(self, ending: Ending) -> None:
        """Nothing: errors in specs and the counts go to standard error, whatever the format."""
        self._stream.flush()

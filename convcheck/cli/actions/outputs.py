"""Several reports of one run, each written as the checks finish. Where one cannot be written the others are whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TextIO

from convcheck.checking.result import Result
from convcheck.cli.options.output import Output
from convcheck.cli.streams import CannotWrite, writing
from convcheck.cli.write_file import destination
from convcheck.reports.report import Report, RunEnd


class _OpenOutput:
    """An Output with its stream, and with its report once that is begun. `where`: its name in messages."""

    def __init__(self, output: Output, stack: ExitStack, stream: TextIO, where: str) -> None:
        self.output = output
        self.stack = stack
        self.stream = stream
        self.where = where
        self.report: Report | None = None

    def drop(self, error: BaseException) -> None:
        """Close it without a report: what was written of a new file goes, and the old one stays."""
        with suppress(CannotWrite, BrokenPipeError, type(error)):
            self.stack.__exit__(type(error), error, error.__traceback__)


class Outputs:
    """The reports of a run, to be used as one. On entering, all are opened.

    Raises click.BadParameter there for one that cannot be written. Where writing one fails later, on a full disk or
    because its reader has gone, the others are written to their end, and CannotWrite or BrokenPipeError is raised when
    all are closed, or when none is left.
    """

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = outputs
        self._open: list[_OpenOutput] = []
        self._failure: Exception | None = None

    def __enter__(self) -> Outputs:
        try:
            for output in self._outputs:
                with ExitStack() as stack:
                    stream, where = stack.enter_context(destination(output.file))
                    self._open.append(_OpenOutput(output, stack.pop_all(), stream, where))
        except BaseException as error:
            self._drop_all(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._drop_all(error)
            return
        for each in self._open:
            try:
                each.stack.close()
            except (CannotWrite, BrokenPipeError) as failure:
                self._failure = self._failure or failure
        if self._failure is not None:
            raise self._failure

    def begin(self, make: Callable[[Output, TextIO], Report]) -> None:
        """Make the report of each on its stream."""
        for each in self._open:
            with writing(each.where):
                each.report = make(each.output, each.stream)

    def add(self, result: Result) -> None:
        """Hand a finished check to each report."""
        self._for_each(lambda report: report.add(result))

    def finish(self, ending: RunEnd) -> None:
        """Finish each report."""
        self._for_each(lambda report: report.finish(ending))

    def _for_each(self, write: Callable[[Report], None]) -> None:
        for each in tuple(self._open):
            try:
                with writing(each.where):
                    if each.report is not None:
                        write(each.report)
            except (CannotWrite, BrokenPipeError) as failure:
                self._failure = self._failure or failure
                self._open.remove(each)
                each.drop(failure)
        if self._failure is not None and not self._open:
            raise self._failure

    def _drop_all(self, error: BaseException) -> None:
        while self._open:
            self._open.pop().drop(error)

"""Several reports of one run, each written as the checks finish, and none spoilt by what befalls another."""

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

Make = Callable[[Output, TextIO], Report]


class _Sink:
    def __init__(self, output: Output, stack: ExitStack, stream: TextIO, where: str) -> None:
        self.output = output
        self.stack = stack
        self.stream = stream
        self.where = where
        self.report: Report | None = None

    def drop(self, error: BaseException) -> None:
        """What is there of a file goes; the old one stays."""
        with suppress(CannotWrite, BrokenPipeError, type(error)):
            self.stack.__exit__(type(error), error, error.__traceback__)


class Outputs:
    """A report that is several. To be entered, which opens them all: one that cannot be written is known then.

    Where one fails later, on a full disk or because nobody reads it any more, the others are written to their end, and
    what happened is raised after that.
    """

    def __init__(self, chosen: Sequence[Output]) -> None:
        self._chosen = chosen
        self._sinks: list[_Sink] = []
        self._failure: Exception | None = None

    def __enter__(self) -> Outputs:
        try:
            for output in self._chosen:
                with ExitStack() as opened:
                    stream, where = opened.enter_context(destination(output.file))
                    self._sinks.append(_Sink(output, opened.pop_all(), stream, where))
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
        for sink in self._sinks:
            try:
                sink.stack.close()
            except (CannotWrite, BrokenPipeError) as failure:
                self._failure = self._failure or failure
        if self._failure is not None:
            raise self._failure

    def begin(self, make: Make) -> None:
        """Make each report on its stream."""
        for sink in self._sinks:
            with writing(sink.where):
                sink.report = make(sink.output, sink.stream)

    def add(self, result: Result) -> None:
        """Tell each report."""
        self._each(lambda report: report.add(result))

    def finish(self, ending: RunEnd) -> None:
        """Tell each report."""
        self._each(lambda report: report.finish(ending))

    def _each(self, tell: Callable[[Report], None]) -> None:
        for sink in tuple(self._sinks):
            try:
                with writing(sink.where):
                    if sink.report is not None:
                        tell(sink.report)
            except (CannotWrite, BrokenPipeError) as failure:
                self._failure = self._failure or failure
                self._sinks.remove(sink)
                sink.drop(failure)
        if self._failure is not None and not self._sinks:
            raise self._failure

    def _drop_all(self, error: BaseException) -> None:
        while self._sinks:
            self._sinks.pop().drop(error)

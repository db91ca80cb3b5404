"""Code under test in a worker process: whatever it does costs one check, and never the run."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from convcheck.checking.settings import Settings
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.job import TIMEOUT, JobResult
from convcheck.running.message import Fault, Reply
from convcheck.running.results import outcome_of, survey_of
from convcheck.running.worker.handle import LOST, CallResult, WorkerHandle, WorkerLost
from convcheck.spec.check import Check

# Bytes of address space.
MEMORY = 8 * 2**30


class Isolation:
    """A worker process for code under test, to be entered, and used by the thread that entered it.

    `timeout`: seconds for one check, or for importing a source. `memory`: bytes of address space that the process may
    have, None for no limit. Every check starts from the same state of the interpreter, NumPy and the random generators.
    The process is started for the first check and kept, but replaced for another source, after a time-out or a
    crash, and after code that leaves threads or processes behind. On leaving, none is left.
    """

    def __init__(self, timeout: float = TIMEOUT, memory: int | None = MEMORY) -> None:
        self._worker = WorkerHandle(timeout, memory)
        self._source: Source | None = None

    def __enter__(self) -> Isolation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """What leaving does, for whoever has not entered it."""
        self._worker.stop()

    def abort(self) -> None:
        """From another thread: end what is being run, for good."""
        self._worker.abort()

    def survey(self, source: Source, layers: tuple[str, ...] = ()) -> Survey:
        """What importing `source` shows of these layers (of all, if empty). A `problem` says what kept it from ending.

        Raises WorkerFault where convcheck is at fault.
        """
        # With no code of somebody's own there is no use for what opens it.
        from convcheck.implementations.open import survey

        return survey_of(self._call(source, survey, source, layers).reply)

    def run(self, check: Check, source: Source, found: Found, settings: Settings) -> JobResult:
        """Check the implementation that was `found`. Whatever it does becomes a Result; a time-out, a crash, an exit
        and a lack of memory have the status "error" and one finding.
        """
        from convcheck.checking.run_source import run_source

        began = time.perf_counter()
        called = self._call(source, run_source, check, source, found, settings)
        return outcome_of(called.reply, check, source, found, time.perf_counter() - began, called.output)

    def _call(self, source: Source, function: Callable[..., Any], *arguments: Any) -> CallResult:
        if self._source != source:
            # Whatever a source did to modules that both use, the next one starts without it.
            self._worker.discard()
            self._source = source
        try:
            return self._worker.call(function, arguments, source.place)
        except WorkerLost:
            return CallResult(Reply(error=Fault(LOST, "")), "")

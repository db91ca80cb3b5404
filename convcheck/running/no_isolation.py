"""Code under test in this very process, for debuggers: `--no-isolation`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from types import TracebackType
from typing import Any

from convcheck.checking.run_source import run_source
from convcheck.checking.settings import Settings
from convcheck.implementations.open import survey
from convcheck.implementations.source import Found, Source, Survey
from convcheck.running.blame import blame
from convcheck.running.job import JobResult
from convcheck.running.message import Reply
from convcheck.running.results import outcome_of, survey_of
from convcheck.running.worker.restore_modules import restored_imports
from convcheck.running.worker.restore_state import restored_state
from convcheck.spec.check import Check


class NoIsolation:
    """Does what `Isolation` does, without a process, a time limit or a memory limit: a crash ends convcheck.

    What the code prints goes to standard error at once, and a debugger that it starts can be used there.
    """

    def __enter__(self) -> NoIsolation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def survey(self, source: Source, layers: tuple[str, ...] = ()) -> Survey:
        """As `Isolation.survey`. Raises WorkerFault where convcheck is at fault, and KeyboardInterrupt."""
        return survey_of(call_here(source, survey, source, layers))

    def run(self, check: Check, source: Source, found: Found, settings: Settings) -> JobResult:
        """As `Isolation.run`, but `output` is empty. Raises KeyboardInterrupt."""
        began = time.perf_counter()
        reply = call_here(source, run_source, check, source, found, settings)
        return outcome_of(reply, check, source, found, time.perf_counter() - began)


def call_here(source: Source, function: Callable[..., Any], *arguments: Any) -> Reply:
    """The reply of `function(*arguments)`, which runs code of the source. Raises KeyboardInterrupt."""
    with restored_state(), restored_imports(source.place), redirect_stdout(sys.stderr):
        try:
            return Reply(function(*arguments))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return Reply(error=blame(error))

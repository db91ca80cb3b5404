"""Ctrl-C stops the check that is being run, and never the writing of a report."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

# Ctrl-C, `kill`, and, except on Windows, a terminal that is closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))

# Whoever waits looks up so often, in seconds: what came meanwhile, a signal for one, is noticed then.
POLL_SECONDS = 0.25
# Seconds within which several signals are one: a terminal that is closed and a CI that cancels send two or three. What
# ends a run, its report included, takes less; who sends one after that does not want to wait for it.
PATIENCE_SECONDS = 2.0


class Interrupts:
    """While entered, one of the SIGNALS raises KeyboardInterrupt inside `with interrupts.allowed()` alone.

    One that comes elsewhere waits for the next `allowed()`, and so does one whose KeyboardInterrupt was lost where
    exceptions are: after the first signal no `allowed()` is entered any more. One that comes more than PATIENCE_SECONDS
    after it raises KeyboardInterrupt at once.
    """

    def __init__(self) -> None:
        self._allowed = False
        # When the first signal came.
        self._came: float | None = None
        self._before: list[tuple[signal.Signals, Any]] = []

    def __enter__(self) -> Interrupts:
        for number in SIGNALS:
            # A signal that was ignored from the start (nohup, a background job) stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before.append((number, signal.signal(number, self._interrupt)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._before:
            number, handler = self._before.pop()
            outer = getattr(handler, "__self__", None)
            if isinstance(outer, Interrupts):
                # A second signal is none of its own there either.
                outer._came = outer._came or self._came
            signal.signal(number, handler)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Where an interruption may strike. Raises KeyboardInterrupt on entering where one is waiting."""
        try:
            self._allowed = True
            if self._came is not None:
                raise KeyboardInterrupt
            yield
        finally:
            self._allowed = False

    def end(self) -> None:
        """No signal changes any more how this process ends."""
        while self._before:
            number, _ = self._before.pop()
            signal.signal(number, signal.SIG_IGN)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._came is None:
            self._came = now
            if self._allowed:
                raise KeyboardInterrupt
        elif now - self._came > PATIENCE_SECONDS:
            raise KeyboardInterrupt

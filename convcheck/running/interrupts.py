"""Ctrl-C stops the check that is being run, and never the writing of a report."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

# Ctrl-C, `kill`, and, except on Windows, a terminal that is closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))

# Whoever waits looks up so often, in seconds: what came meanwhile, a signal for one, is noticed then.
POLL_SECONDS = 0.25


class Interrupts:
    """While entered, one of the SIGNALS raises KeyboardInterrupt inside `with interrupts.allowed()` alone.

    A first signal that comes elsewhere waits for the next `allowed()`; a second one raises KeyboardInterrupt at once.
    """

    def __init__(self) -> None:
        self._allowed = False
        self._pending = False
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
            signal.signal(number, handler)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Where an interruption may strike. Raises KeyboardInterrupt on entering where one is waiting."""
        self._allowed = True
        try:
            if self._pending:
                raise KeyboardInterrupt
            yield
        finally:
            self._allowed = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._allowed or self._pending:
            raise KeyboardInterrupt
        self._pending = True

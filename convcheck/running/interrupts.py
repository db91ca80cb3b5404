"""Ctrl-C stops the check that is being run, never a line that is being printed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

# The last one comes when the terminal is closed; Windows does not have it.
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


class Interrupts:
    """While entered, a signal to stop raises KeyboardInterrupt inside `with interrupts.allowed()` alone.

    The signals are Ctrl-C, a polite kill, and a terminal that is closed. Elsewhere the first one waits for the next
    `allowed()`; a second one is not kept waiting.
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
        """Where an interruption may strike."""
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

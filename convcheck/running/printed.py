"""What the code under test prints, caught at the file descriptors: prints from C, and from just before a crash, too."""

from __future__ import annotations

import ctypes
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from convcheck.running.shared import SharedFile

# What is shown of one check. More tells nobody more, and would be held in memory until the report is written.
LIMIT = 64 * 1024


class Printed:
    """In the parent: what one check printed, up to LIMIT bytes of it."""

    def __init__(self) -> None:
        self.file = SharedFile()
        self._cut = False

    def trim(self) -> None:
        """To be called now and then: code that prints for ever shall not fill the disk."""
        self._cut |= self.file.cut(LIMIT)

    def take(self) -> str:
        """What was printed since the last call."""
        self.trim()
        cut, self._cut = self._cut, False
        text = self.file.take(LIMIT).decode("utf-8", "replace")
        return f"{text}\n[… what was printed after these {LIMIT:,} bytes is not shown]\n" if cut else text


def redirect(descriptor: int) -> None:
    """In the worker, before each check: whatever the last one did to them, 0 is empty, 1 and 2 are `descriptor`."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if nothing > 0:
        os.close(nothing)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc] # noqa: SIM115
    sys.stdout = sys.__stdout__ = _writer(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _writer(2)  # type: ignore[misc]


def flush() -> None:
    """Write out what Python and the C library still hold back."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    with suppress(Exception):
        _c_flush()(None)


def _writer(descriptor: int) -> io.TextIOWrapper:
    # Without a buffer: a crash takes a buffer with it.
    binary = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(binary, encoding="utf-8", errors="backslashreplace", write_through=True)


def _c_flush() -> Callable[[None], int]:
    return ctypes.CDLL(None).fflush

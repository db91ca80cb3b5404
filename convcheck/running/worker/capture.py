"""What the code under test prints, caught at the file descriptors, in a file that its worker and the parent have open.

So what is printed from C, by a program that was started, or just before a crash, is caught as well.
"""

from __future__ import annotations

import ctypes
import io
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import reduction
from typing import Any

from convcheck.running.worker.descriptors import out_of_reach

# Bytes that are shown of one check. More tells nobody more, and would be held in memory until the report is written.
OUTPUT_LIMIT = 64 * 1024


class WorkerFile:
    """A temporary file without a name, which a worker writes to and its parent reads.

    It reaches the worker by being pickled while that process is started, and only then. It is gone when the last
    process that has it open is, so nothing is left behind however those end.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        if descriptor is None:
            with tempfile.TemporaryFile(prefix="convcheck-") as file:
                descriptor = os.dup(file.fileno())
            _append_only(descriptor)
        self.descriptor = descriptor

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (reduction.DupFd(self.descriptor),)

    def size(self) -> int:
        """Bytes in the file."""
        return os.fstat(self.descriptor).st_size

    def cut(self, keep: int) -> bool:
        """Drop what is beyond the first `keep` bytes, also while it is being written to; whether there was anything.

        How much it was cannot be known: more may be written after the size was read and before the file is cut.
        """
        beyond = self.size() > keep
        if beyond:
            os.ftruncate(self.descriptor, keep)
        return beyond

    def take(self, limit: int) -> bytes:
        """The first `limit` bytes; the file is empty afterwards."""
        content = os.pread(self.descriptor, limit, 0)
        os.ftruncate(self.descriptor, 0)
        return content

    def close(self) -> None:
        """To be called by the parent, once."""
        os.close(self.descriptor)


class CapturedOutput:
    """In the parent: what one check printed, up to OUTPUT_LIMIT bytes of it."""

    def __init__(self) -> None:
        self.file = WorkerFile()
        self._cut = False

    def trim(self) -> None:
        """To be called now and then: code that never stops printing must not fill the disk."""
        self._cut |= self.file.cut(OUTPUT_LIMIT)

    def take(self) -> str:
        """What was printed since the last call."""
        self.trim()
        cut, self._cut = self._cut, False
        text = self.file.take(OUTPUT_LIMIT).decode("utf-8", "replace")
        return f"{text}\n[… what was printed after these {OUTPUT_LIMIT:,} bytes is not shown]\n" if cut else text


def redirect_streams(descriptor: int) -> None:
    """In the worker, before each check, whatever the last one did to them: 0 is empty, 1 and 2 are `descriptor`."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if nothing > 0:
        os.close(nothing)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc] # noqa: SIM115
    sys.stdout = sys.__stdout__ = _writer(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _writer(2)  # type: ignore[misc]


def flush_streams() -> None:
    """In the worker: write out what Python and the C library still hold back."""
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


def _received(duplicate: Any) -> WorkerFile:
    return WorkerFile(out_of_reach(duplicate.detach()))


def _append_only(descriptor: int) -> None:
    """Several processes write to its end, which is the beginning again once it was emptied."""
    try:
        import fcntl
    except ImportError:
        # On Windows.
        return
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_APPEND)

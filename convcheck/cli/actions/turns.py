"""One run after the other, where several would change the same file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# A turn takes milliseconds. Whoever has it for longer has been stopped, and is waited for no further.
TRIES = 40
PAUSE = 0.05


@contextmanager
def in_turn(folder: Path) -> Iterator[None]:
    """While no other process is in here for the same folder. Without a turn where there are no locks to be had.

    The folder itself is what is locked, so that no file is left behind; a process that ends gives its lock back.
    """
    lock: int | None = None
    try:
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            _wait(lock)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _wait(lock: int) -> None:
    if fcntl is None:
        return
    for _ in range(TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
        else:
            return

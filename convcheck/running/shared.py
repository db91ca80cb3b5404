"""Files without a name that a worker process writes to and its parent reads: what was printed, and where it was."""

from __future__ import annotations

import os
import tempfile
from multiprocessing import reduction
from typing import Any


class SharedFile:
    """A temporary file. It goes to a worker process by being pickled while that process is started, and only then.

    It is gone when the last process that has it open is, so nothing is left behind however those end.
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

        How much it was cannot be known: more may come between the look and the cut.
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


def _received(duplicate: Any) -> SharedFile:
    descriptor = duplicate.detach()
    # A program that the code under test starts has no business with it.
    os.set_inheritable(descriptor, False)
    return SharedFile(descriptor)


def _append_only(descriptor: int) -> None:
    """Several processes write to its end, which is the beginning again once it was emptied."""
    try:
        import fcntl  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_APPEND)

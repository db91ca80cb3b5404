"""How far the check in a worker process is: written to a file there, and read by its parent while it runs or after."""

import os
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from convcheck.checking.result import Result
from convcheck.running.message import NotPlain, Reply, packed, unpacked
from convcheck.running.worker.capture import WorkerFile

# Seconds between two notes of how often forward was evaluated: a check may do so a million times.
INTERVAL = 0.2
LENGTH = struct.Struct("<Q")
# Bytes that are read at once, and that a note may have: what is longer, code under test has written there.
NOTE_BYTES = 4 * 2**20


class Progress(NamedTuple):
    """How often forward was evaluated, and what was found; None where nothing was until now."""

    evaluations: int = 0
    result: Result | None = None


class ProgressWriter:
    """In the worker: a watcher that notes what it is told; what was found only with `results`."""

    def __init__(self, file: WorkerFile, *, results: bool = True) -> None:
        self._file = file
        self._results = results
        self._evaluations = 0
        self._noted = time.monotonic()

    def evaluated(self, evaluations: int) -> None:
        """Note it, if the last note is a while ago."""
        self._evaluations = evaluations
        now = time.monotonic()
        if now - self._noted > INTERVAL:
            self._noted = now
            self._note(Progress(evaluations))

    def found(self, so_far: Callable[[], Result]) -> None:
        """Note it at once."""
        if self._results:
            result = so_far()
            self._note(Progress(max(self._evaluations, result.forward_evaluations), result))

    def _note(self, progress: Progress) -> None:
        # What cannot be noted is missing from a report that is cut short, and from no other.
        with suppress(OSError, NotPlain):
            content = packed(Reply(progress))
            os.write(self._file.descriptor, LENGTH.pack(len(content)) + content)


class ProgressReader:
    """In the parent: what was noted last of the call under way."""

    def __init__(self) -> None:
        self.file = WorkerFile()
        self._at = 0
        self._last = Progress()

    def begin(self) -> None:
        """Another call begins: nothing is known of it."""
        self.file.cut(0)
        self._at, self._last = 0, Progress()

    def read(self) -> Progress:
        """The number of evaluations that was noted last, with the result that was noted last."""
        size = min(self.file.size() - self._at, NOTE_BYTES)
        content = os.pread(self.file.descriptor, max(size, 0), self._at)
        while len(content) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(content)
            note, content = content[LENGTH.size : LENGTH.size + length], content[LENGTH.size + length :]
            if len(note) < length:
                # The rest of it is still to come, if its process lives.
                break
            self._at += LENGTH.size + length
            with suppress(NotPlain):
                noted = unpacked(note).value
                if isinstance(noted, Progress):
                    self._last = Progress(noted.evaluations, noted.result or self._last.result)
        return self._last

    def close(self) -> None:
        """To be called last."""
        self.file.close()

"""Text that cannot be written yet, kept on disk rather than in memory: what stands before it is known at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO
from weakref import finalize

# Bytes at a time. A run of a dozen checks never touches the disk.
BLOCK = 1 << 18


class Spool:
    """ASCII text, appended piece by piece and read back from any place to any other.

    A report is worth more than memory: where nothing can be written to a temporary file, because the disk is full or
    there is no folder for one, what comes after that is kept in memory, and nobody need hear of it. The file has no
    name, or none that anybody can open; it goes with the spool.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._on_disk = 0
        self._recent = bytearray()
        self._full = False

    def __len__(self) -> int:
        return self._on_disk + len(self._recent)

    def add(self, text: str) -> None:
        """Append a text."""
        self._recent += text.encode("ascii")
        while len(self._recent) >= BLOCK and not self._full:
            self._move()

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[str]:
        """What was added, in pieces of some size: from `start` to `stop`, as `len` counts. OSError if it is lost."""
        stop = len(self) if stop is None else stop
        while start < stop:
            piece = self._read(start, min(stop - start, BLOCK))
            start += len(piece)
            yield piece.decode("ascii")

    def _read(self, start: int, size: int) -> bytes:
        if self._file is None or start >= self._on_disk:
            first = start - self._on_disk
            return bytes(self._recent[first : first + size])
        self._file.seek(start)
        piece = self._file.read(min(size, self._on_disk - start))
        if not piece:
            raise OSError(f"a temporary file is {self._on_disk - start:,} bytes too short")
        return piece

    def _move(self) -> None:
        """To the disk with as much as it takes."""
        written = 0
        with suppress(OSError):
            if self._file is None:
                # Without a buffer of its own: what could not be written must not be tried again when it is closed.
                self._file = TemporaryFile(buffering=0)  # noqa: SIM115
                finalize(self, self._file.close)
            self._file.seek(self._on_disk)
            written = self._file.write(self._recent)
        self._full = not written
        self._on_disk += written
        del self._recent[:written]


class Excerpt:
    """Texts in a spool that others share. One where nothing was added is false."""

    __slots__ = ("_spans", "_spool")

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        # Where a stretch starts and where it ends, one after the other.
        self._spans: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._spans)

    def add(self, text: str) -> None:
        """Append a text."""
        start = len(self._spool)
        self._spool.add(text)
        if self._spans and self._spans[-1] == start:
            self._spans[-1] = len(self._spool)
        else:
            self._spans += (start, len(self._spool))

    def pieces(self) -> Iterator[str]:
        """What was added, in pieces of some size."""
        spans = iter(self._spans)
        for start, stop in zip(spans, spans, strict=True):
            yield from self._spool.pieces(start, stop)

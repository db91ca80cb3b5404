"""Text that cannot be written yet, since what comes before it is known only at the end: on disk, not in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import IO
from weakref import finalize

# Bytes that are written or read at a time. A run of a dozen checks has fewer and never touches the disk.
BLOCK = 1 << 18


class Spool:
    """ASCII text, appended piece by piece and read back from any place to any other.

    Where nothing can be written to a temporary file, because the disk is full or there is no folder for one, all that
    comes after is kept in memory, and nothing is raised: a report is worth more than memory. The file has no name, or
    none that anybody can open, and is deleted together with the spool.
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
        """What was added from `start` to `stop`, as `len` counts, in pieces of at most BLOCK.

        Raises OSError if the temporary file cannot be read, or has become shorter.
        """
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
        """Write to the disk as much as it takes."""
        written = 0
        with suppress(OSError):
            if self._file is None:
                # Few runs come to that.
                from tempfile import TemporaryFile

                # Without a buffer of its own: what could not be written must not be tried again when it is closed.
                self._file = TemporaryFile(buffering=0)  # noqa: SIM115
                finalize(self, self._file.close)
            self._file.seek(self._on_disk)
            written = self._file.write(self._recent)
        self._full = not written
        self._on_disk += written
        del self._recent[:written]


class Excerpt:
    """Those texts of a spool that belong together, wherever they stand in it. False as long as nothing was added."""

    __slots__ = ("_spans", "_spool")

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        # The start and the end of each stretch, one after the other.
        self._spans: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._spans)

    def __len__(self) -> int:
        return sum(self._spans[1::2]) - sum(self._spans[::2])

    def add(self, text: str) -> None:
        """Append a text."""
        start = len(self._spool)
        self._spool.add(text)
        if self._spans and self._spans[-1] == start:
            self._spans[-1] = len(self._spool)
        else:
            self._spans += (start, len(self._spool))

    def pieces(self) -> Iterator[str]:
        """What was added, in pieces. Raises OSError as Spool.pieces does."""
        spans = iter(self._spans)
        for start, stop in zip(spans, spans, strict=True):
            yield from self._spool.pieces(start, stop)

"""What belongs together of the texts in a spool, in which it may stand in several places."""

from __future__ import annotations

from collections.abc import Iterator

from convcheck.reports.spool import Spool


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

"""Who is told how far a check is while it runs: a line that shows it, a process that may be ended before its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from convcheck.checking.result import Result
from convcheck.layers.layer import Array
from convcheck.numeric.function import Function


class Watcher(Protocol):
    """Is told of the check that runs in this process, and of those in worker processes of it."""

    def evaluated(self, evaluations: int) -> None:
        """Forward is about to be evaluated; how many times that will have been in this check."""

    def found(self, so_far: Callable[[], Result]) -> None:
        """There is more. All that was found `so_far`, made for those who ask, is the Result of an unfinished check.

        Its status is "error", and nothing yet says why.
        """


_watchers: list[Watcher] = []


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """The checks that run meanwhile are watched."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def watchers() -> Sequence[Watcher]:
    """Those of this process, at this moment."""
    return tuple(_watchers)


class WatchedFunction(Function):
    """A Function whose evaluations are told to the watchers."""

    def call(self, inputs: Sequence[Array]) -> tuple[Any, Any]:
        """As Function.call. Raises what that raises."""
        for watcher in _watchers:
            watcher.evaluated(self.evaluations + 1)
        return super().call(inputs)

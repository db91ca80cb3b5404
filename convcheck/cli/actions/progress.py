"""How far a run is, on standard error: a bar on a terminal, a line now and then elsewhere.

Only when the run is long enough to wonder about.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from convcheck.cli.streams import say, wants_colour
from convcheck.reports.wording.figures import shown

if TYPE_CHECKING:
    from rich.progress import Progress


PATIENCE = 1.0
# Seconds between two lines where there is no terminal: a log of an hour has a hundred.
EVERY = 30.0


class Bar:
    """Shows itself after a second; steps aside while the report is being written. Not at all where it is `quiet`."""

    def __init__(
        self, total: int, *, colour: str = "auto", quiet: bool = False, patience: float = PATIENCE, every: float = EVERY
    ) -> None:
        self._total = total
        self._done = 0
        self._not_passed = 0
        self._quiet = quiet
        self._every = every
        self._began = time.monotonic()
        self._over = threading.Event()
        self._current = ""
        self._colour = colour
        self._lock = threading.Lock()
        self._live: Progress | None = None
        self._aside = False
        self._timer = threading.Timer(patience, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Bar:
        self._began = time.monotonic()
        if self._total and sys.stderr is not None and not self._quiet:
            if sys.stderr.isatty():
                self._timer.start()
            else:
                threading.Thread(target=self._say_now_and_then, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._over.set()
        with self._lock:
            self._aside = True
            if self._live is not None:
                self._live.stop()

    def start(self, name: str) -> None:
        """A check begins."""
        with self._lock:
            self._current = shown(name)
            self._update()

    def finished(self, *, passed: bool) -> None:
        """One more is done."""
        with self._lock:
            self._done += 1
            self._not_passed += not passed
            self._update()

    def in_words(self) -> str:
        """How many are done, how many of these did not pass, and the time that is left if it goes on like that."""
        failed = f", {self._not_passed:,} did not pass" if self._not_passed else ""
        left = ""
        if self._done:
            left = f", {_time((time.monotonic() - self._began) / self._done * (self._total - self._done))} left"
        return f"{self._done:,} of {self._total:,}{failed}{left}"

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The bar is off the screen while the report of a finished check is written."""
        with self._lock:
            self._aside = True
            if self._live is not None:
                self._live.stop()
        try:
            yield
        finally:
            with self._lock:
                self._aside = False
                if self._live is not None:
                    self._update()
                    self._live.start()

    def _appear(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        colour = wants_colour(self._colour, sys.stderr)
        console = Console(file=sys.stderr, no_color=not colour, markup=False, emoji=False, highlight=False)
        progress = Progress(
            TextColumn("{task.fields[so_far]}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        progress.add_task(self._current, total=self._total, completed=self._done, so_far=self.in_words())
        with self._lock:
            self._live = progress
            if not self._aside:
                progress.start()

    def _update(self) -> None:
        if self._live is not None:
            task = self._live.task_ids[0]
            self._live.update(task, completed=self._done, description=self._current, so_far=self.in_words())

    def _say_now_and_then(self) -> None:
        while not self._over.wait(self._every):
            with self._lock:
                # What is being checked is most of what somebody wants to know who wonders why nothing moves.
                text = f"convcheck: {self.in_words()}; at {self._current}"
            say(text)


def _time(seconds: float) -> str:
    """About as exact as a guess may look."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

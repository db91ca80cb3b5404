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


# Seconds until the bar appears.
BAR_DELAY = 1.0
# Seconds between two lines where there is no terminal: a log of an hour has a hundred.
LINE_INTERVAL = 30.0


class ProgressBar:
    """To be entered; it appears after a second, and is hidden while a report is written. `quiet`: not at all."""

    def __init__(
        self,
        total: int,
        *,
        colour: str = "auto",
        quiet: bool = False,
        delay: float = BAR_DELAY,
        interval: float = LINE_INTERVAL,
    ) -> None:
        self._total = total
        self._done = 0
        self._not_passed = 0
        self._quiet = quiet
        self._interval = interval
        self._began = time.monotonic()
        self._over = threading.Event()
        self._current = ""
        self._colour = colour
        self._lock = threading.Lock()
        self._bar: Progress | None = None
        self._hidden = False
        self._timer = threading.Timer(delay, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> ProgressBar:
        self._began = time.monotonic()
        if self._total and sys.stderr is not None and not self._quiet:
            if sys.stderr.isatty():
                self._timer.start()
            else:
                threading.Thread(target=self._say_lines, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._over.set()
        with self._lock:
            self._hidden = True
            if self._bar is not None:
                self._bar.stop()

    def start(self, name: str) -> None:
        """A check of this name begins."""
        with self._lock:
            self._current = shown(name)
            self._update()

    def finish(self, *, passed: bool) -> None:
        """One more check is done."""
        with self._lock:
            self._done += 1
            self._not_passed += not passed
            self._update()

    def in_words(self) -> str:
        """How many are done, how many of these did not pass, and the time that is left if it goes on like that."""
        failed = f", {self._not_passed:,} did not pass" if self._not_passed else ""
        left = ""
        if self._done:
            left = f", {_duration((time.monotonic() - self._began) / self._done * (self._total - self._done))} left"
        return f"{self._done:,} of {self._total:,}{failed}{left}"

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """While the report of a finished check is written, the bar is off the screen."""
        with self._lock:
            self._hidden = True
            if self._bar is not None:
                self._bar.stop()
        try:
            yield
        finally:
            with self._lock:
                self._hidden = False
                if self._bar is not None:
                    self._update()
                    self._bar.start()

    def _appear(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        colour = wants_colour(self._colour, sys.stderr)
        console = Console(file=sys.stderr, no_color=not colour, markup=False, emoji=False, highlight=False)
        bar = Progress(
            TextColumn("{task.fields[so_far]}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        bar.add_task(self._current, total=self._total, completed=self._done, so_far=self.in_words())
        with self._lock:
            self._bar = bar
            if not self._hidden:
                bar.start()

    def _update(self) -> None:
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=self._done, description=self._current, so_far=self.in_words())

    def _say_lines(self) -> None:
        while not self._over.wait(self._interval):
            with self._lock:
                # Whoever wonders why nothing moves wants to know most of all what is being checked.
                text = f"convcheck: {self.in_words()}; at {self._current}"
            say(text)


def _duration(seconds: float) -> str:
    """In the unit that makes it no more exact than a guess can be."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

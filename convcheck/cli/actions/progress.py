"""How far a run is, on standard error: a bar on a terminal, a line now and then elsewhere.

Only when the run is long enough to wonder about.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from convcheck.checking.result import Result
from convcheck.checking.watch import watched_by
from convcheck.cli.streams import say, wants_colour
from convcheck.reports.wording.figures import shown
from convcheck.spec.showing import count

if TYPE_CHECKING:
    from rich.progress import Progress


# Seconds until the bar appears.
BAR_DELAY = 1.0
# Characters that the bar itself takes, without its brackets.
BAR_WIDTH = 12
# Of a name that is longer than the rest of the line the end is shown, where two checks differ; not fewer characters.
LEAST_NAME = 12
# Seconds between two lines where there is no terminal: a log of an hour has a hundred.
LINE_INTERVAL = 30.0


class ProgressBar:
    """To be entered; it appears after a second, and is hidden while a report is written. `quiet`: not at all.

    It watches the checks meanwhile. `parallel`: several run at once, so that what one of them does says little.
    """

    def __init__(
        self,
        total: int,
        *,
        colour: str = "auto",
        quiet: bool = False,
        parallel: bool = False,
        delay: float = BAR_DELAY,
        interval: float = LINE_INTERVAL,
    ) -> None:
        self._total = total
        self._done = 0
        self._not_passed = 0
        self._quiet = quiet
        self._parallel = parallel
        self._evaluations = 0
        self._watch = watched_by(self)
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
        self._watch.__enter__()
        if self._total and sys.stderr is not None and not self._quiet:
            if sys.stderr.isatty():
                self._timer.start()
            else:
                threading.Thread(target=self._say_lines, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.__exit__(kind, error, trace)
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
            self._evaluations = 0
            self._update()

    def finish(self, *, passed: bool) -> None:
        """One more check is done."""
        with self._lock:
            self._done += 1
            self._evaluations = 0
            self._not_passed += not passed
            self._update()

    def evaluated(self, evaluations: int) -> None:
        """Forward was evaluated so many times in the check that is run."""
        # The bar is drawn anew several times a second, whatever happens.
        self._evaluations = evaluations

    def found(self, so_far: Callable[[], Result]) -> None:
        """Nothing is said of a check before its end."""

    def in_words(self) -> str:
        """How many are done, how many of these did not pass, what the one does that is run, and the time that is left.

        The time is what it takes if it goes on like that.
        """
        failed = f", {self._not_passed:,} did not pass" if self._not_passed else ""
        left = ""
        if self._done:
            left = f", {_duration((time.monotonic() - self._began) / self._done * (self._total - self._done))} left"
        # Of several at once the last one is alone.
        alone = not self._parallel or self._total - self._done == 1
        probes = f", {count(self._evaluations, 'forward evaluation')}" if self._evaluations and alone else ""
        return f"{self._done:,} of {self._total:,}{failed}{probes}{left}"

    def line(self, width: int) -> str:
        """All of it in `width` columns: where that is too narrow the bar and the name give way, and never a count."""
        text = self.in_words()
        if len(text) + BAR_WIDTH + LEAST_NAME + 6 <= width:
            filled = BAR_WIDTH * self._done // max(self._total, 1)
            text += f"  [{'#' * filled}{'-' * (BAR_WIDTH - filled)}]"
        room = width - len(text) - 2
        name = self._current if len(self._current) <= room else f"...{self._current[3 - room :]}"
        return f"{text}  {name}" if room >= LEAST_NAME or len(self._current) <= room else text

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
        from rich.progress import Progress, ProgressColumn, Task
        from rich.text import Text

        outer = self

        class Line(ProgressColumn):
            def render(self, task: Task) -> Text:
                return Text(outer.line(console.width), overflow="fold")

        colour = wants_colour(self._colour, sys.stderr)
        console = Console(file=sys.stderr, no_color=not colour, markup=False, emoji=False, highlight=False)
        bar = Progress(Line(), console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        bar.add_task("")
        with self._lock:
            self._bar = bar
            if not self._hidden:
                bar.start()

    def _update(self) -> None:
        if self._bar is not None:
            self._bar.refresh()

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

"""A progress bar on standard error, on a terminal, and only when a run is long enough to wonder about."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from convcheck.cli.colour import wants_colour
from convcheck.reports.shown import shown

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0


class Bar:
    """Shows itself after a second; steps aside while the report is being written."""

    def __init__(self, total: int, *, colour: str = "auto", patience: float = PATIENCE) -> None:
        self._total = total
        self._done = 0
        self._current = ""
        self._colour = colour
        self._lock = threading.Lock()
        self._live: Progress | None = None
        self._aside = False
        self._timer = threading.Timer(patience, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Bar:
        if self._total and sys.stderr is not None and sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._aside = True
            if self._live is not None:
                self._live.stop()

    def start(self, name: str) -> None:
        """A check begins."""
        with self._lock:
            self._current = shown(name)
            self._update()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The bar is off the screen while the report of a finished check is written."""
        with self._lock:
            self._aside = True
            self._done += 1
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
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        colour = wants_colour(self._colour, sys.stderr)
        console = Console(file=sys.stderr, no_color=not colour, markup=False, emoji=False, highlight=False)
        progress = Progress(
            MofNCompleteColumn(),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        progress.add_task(self._current, total=self._total, completed=self._done)
        with self._lock:
            self._live = progress
            if not self._aside:
                progress.start()

    def _update(self) -> None:
        if self._live is not None:
            task = self._live.task_ids[0]
            self._live.update(task, completed=self._done, description=self._current)

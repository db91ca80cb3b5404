"""The worker process as Pebble starts and stops it: with an environment of its own, and leaving no process behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import types
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import resource_tracker, util
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from convcheck.running.message import ENDED_WITH_ZERO
from convcheck.running.threads import THREAD_VARIABLES
from convcheck.running.worker import leftovers

# Seconds that a process may take to end itself when it is asked to, before it is killed.
TERMINATE_SECONDS = 0.2
# Starting a process changes the environment and the signals of the whole of this one, for a moment: one at a time.
_STARTING = threading.RLock()
# Ctrl-C at a terminal reaches a process that is just starting, too, which would show a traceback of its own.
BLOCKED_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def thread_variables() -> dict[str, str]:
    """The variables that say how many threads linear algebra has, for a process that has yet to load it.

    One, as in the command itself, unless the person says otherwise: no fight over the cores, the same sums in the same
    order.
    """
    return {name: os.environ.get(name) or "1" for name in THREAD_VARIABLES}


class WorkerProcess(SpawnProcess):
    """What Pebble takes for an ordinary process."""

    mark = ""
    stopped = False

    def start(self) -> None:
        """Start it, with a mark by which all that it starts is found again. Raises OSError if it was stopped before."""
        with _STARTING:
            if self.stopped:
                raise OSError("stopped before it had started")
            self._start()

    def _start(self) -> None:
        self.mark = f"{os.getpid()}-{uuid.uuid4().hex}"
        # It outlives the workers, so it must not bear the mark of the first.
        resource_tracker.ensure_running()
        # The order of a set of strings may decide in which order code adds up: the same in every worker.
        variables = thread_variables() | {"PYTHONHASHSEED": "0"}
        with (
            _environment({**variables, leftovers.MARK: self.mark}),
            _without_main(),
            _streams_not_flushed(),
            _signals_blocked(),
        ):
            super().start()

    def terminate(self) -> None:
        """End it and whatever it has started, politely first. Pebble's own way would wait 3 s and end it alone."""
        with _STARTING:
            self.stopped = True
        if self.pid is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.is_alive():
                leftovers.send(self.pid, number)
                self.join(TERMINATE_SECONDS)
        leftovers.sweep(self.pid, self.mark)

    @property
    def exitcode(self) -> int | None:
        """That of the process, but ENDED_WITH_ZERO for 0.

        From 0 Pebble would conclude that the call has returned, and wait for its result for ever.
        """
        code = super().exitcode
        return ENDED_WITH_ZERO if code == 0 else code


class WorkerContext(SpawnContext):
    """What Pebble takes for multiprocessing's "spawn", for one pool."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self._started: list[WorkerProcess] = []

    def Process(self, *arguments: Any, **keywords: Any) -> WorkerProcess:  # type: ignore[override]
        """Called by Pebble for each worker. Raises OSError, from which Pebble concludes that the pool is broken.

        A worker that ended by itself may have held the lock of Pebble's channel: that pool is not to be used again.
        """
        if self._closed or any(not process.stopped for process in self._started):
            raise OSError("no more workers")
        process = WorkerProcess(*arguments, **keywords)
        self._started = [process]
        return process

    def close(self) -> None:
        """End the worker, or what one that has ended left running. There will not be another."""
        self._closed = True
        for process in self._started:
            process.terminate()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _without_main() -> Iterator[None]:
    """A process that is spawned would run the main script once more, which nobody's script expects."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _streams_not_flushed() -> Iterator[None]:
    """multiprocessing writes out what this process has yet to print, which fails where the disk is full.

    That is for processes that are copies of this one; these are not, and a report that fails says so itself.
    """
    name = "_flush_std_streams"
    before = getattr(util, name)
    setattr(util, name, lambda: None)
    try:
        yield
    finally:
        setattr(util, name, before)


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """A process that is started inside starts with them blocked, as this one has them then."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

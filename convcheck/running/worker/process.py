"""The worker process as Pebble starts and stops it: with an environment of its own, and leaving no process behind.

Python puts the folder one is in first on the path of `python -c`, with which multiprocessing starts its processes: a
threading.py that lies there would be run. Ours are started without it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import current_process, get_start_method, resource_tracker, spawn, util
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

from convcheck.running.message import ENDED_WITH_ZERO
from convcheck.running.threads import THREAD_VARIABLES
from convcheck.running.worker import leftovers
from convcheck.running.worker.channel import ChannelEnd

# Seconds that a process may take to end itself when it is asked to, before it is killed.
TERMINATE_SECONDS = 0.2
# Starting a process changes the environment and the signals of the whole of this one, for a moment: one at a time.
_STARTING = threading.RLock()
# Ctrl-C at a terminal reaches a process that is just starting, too, which would show a traceback of its own.
BLOCKED_SIGNALS = {signal.SIGINT, signal.SIGTERM}
# What a worker imports before it is ready, beside the standard library.
PACKAGES = ("convcheck", "pebble", "numpy", "yaml")


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
    # What is on the path of this process, for code under test; the worker's own imports are done before.
    path: tuple[str, ...] = ()

    def start(self) -> None:
        """Start it, with a mark by which all that it starts is found again. Raises OSError if it was stopped before."""
        with _STARTING:
            if self.stopped:
                raise OSError("stopped before it had started")
            self._start()

    def _start(self) -> None:
        self.mark = f"{os.getpid()}-{uuid.uuid4().hex}"
        self.path = tuple(_named(sys.path))
        # The order of a set of strings may decide in which order code adds up: the same in every worker.
        variables = thread_variables() | {"PYTHONHASHSEED": "0"}
        with _multiprocessing_replaced(), _signals_blocked():
            # It outlives the workers, so it must not bear the mark of the first.
            resource_tracker.ensure_running()
            leftovers.is_ours(resource_tracker._resource_tracker._pid or 0)  # type: ignore[attr-defined]
            with _environment({**variables, leftovers.MARK: self.mark}):
                super().start()
            leftovers.is_ours(self.pid or 0)

    def terminate(self) -> None:
        """End it and whatever it has started, politely first. Pebble's own way would wait 3 s and end it alone."""
        with _STARTING:
            self.stopped = True
        if self.pid is None:
            return
        if self.is_alive():
            leftovers.end_descendants(self.pid)
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.is_alive():
                leftovers.send(self.pid, number)
                self.join(TERMINATE_SECONDS)
        # Nothing is being started meanwhile, which would be taken for an orphan.
        with _STARTING:
            leftovers.sweep(self.pid, self.mark)

    @property
    def exitcode(self) -> int | None:
        """That of the process, but ENDED_WITH_ZERO for 0.

        From 0 Pebble would conclude that the call has returned, and wait for its result for ever.
        """
        code = super().exitcode
        return ENDED_WITH_ZERO if code == 0 else code


class _NoLock:
    """Always free. Semaphores, which a lock between processes is made of, cannot be had everywhere (no /dev/shm)."""

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        return True

    def release(self) -> None:
        pass


class WorkerContext(SpawnContext):
    """What Pebble takes for multiprocessing's "spawn", for one pool."""

    def __init__(self) -> None:
        super().__init__()
        # Whether code under test has written into Pebble's channel.
        self.garbled = False
        self._given_up = threading.Event()
        self._started: list[WorkerProcess] = []

    def Pipe(self, duplex: bool = False) -> tuple[Any, Any]:
        """Called by Pebble, twice: a pipe in each direction, with the end to read from first."""
        if os.name == "nt":
            return super().Pipe(duplex)
        reader, writer = os.pipe()
        return (
            ChannelEnd(reader, self._garble, self._given_up, writable=False),
            ChannelEnd(writer, self._garble, self._given_up, readable=False),
        )

    def RLock(self) -> _NoLock:  # type: ignore[override]
        """What Pebble keeps several workers of one pool apart with. Ours have one each."""
        return _NoLock()

    def Process(self, *arguments: Any, **keywords: Any) -> WorkerProcess:  # type: ignore[override]
        """Called by Pebble for each worker. Raises OSError, from which Pebble concludes that the pool is broken.

        A worker that ended by itself may have left half a message in Pebble's channel: that pool is not to be used
        again.
        """
        if self._given_up.is_set() or any(not process.stopped for process in self._started):
            raise OSError("no more workers")
        process = WorkerProcess(*arguments, **keywords)
        self._started = [process]
        return process

    def _garble(self) -> None:
        self.garbled = True

    def close(self) -> None:
        """End the worker, or what one that has ended left running. There will not be another."""
        self._given_up.set()
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
def _multiprocessing_replaced() -> Iterator[None]:
    """What multiprocessing does for processes that are copies of this one, or that run its main script once more.

    Ours are neither. It would also write out what this process has yet to print, which fails where the disk is full: a
    report that fails says so itself.
    """
    flags: Callable[[], list[str]] = util._args_from_interpreter_flags  # type: ignore[attr-defined]
    with ExitStack() as stack:
        stack.enter_context(_replaced(util, "_flush_std_streams", lambda: None))
        stack.enter_context(_replaced(util, "_args_from_interpreter_flags", lambda: [*flags(), *_safe_path()]))
        stack.enter_context(_replaced(spawn, "get_preparation_data", _preparation))
        yield


@contextmanager
def _replaced(module: ModuleType, name: str, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def _safe_path() -> list[str]:
    """The option that keeps the folder one is in from the path; -I, which is passed on, implies it."""
    return [] if sys.flags.safe_path else ["-P"]


def _preparation(name: str) -> dict[str, Any]:
    """What a process is told when it starts."""
    told: dict[str, Any] = {
        "name": name,
        "authkey": current_process().authkey,
        "sys_path": _start_path(),
        "start_method": get_start_method(),
    }
    # The folder may have been deleted.
    with suppress(OSError):
        told["dir"] = told["orig_dir"] = os.getcwd()
    return told


def _start_path() -> list[str]:
    """Of the folders on the path those that a worker's own imports come from; the working folder last, if it is one."""
    homes = {_folder(module, levels=1) for name, module in tuple(sys.modules.items()) if name in PACKAGES}
    standard = (module for name, module in tuple(sys.modules.items()) if name in sys.stdlib_module_names)
    homes |= {_folder(module, levels=1 if hasattr(module, "__path__") else 0) for module in standard}
    homes = set(map(os.path.realpath, homes - {""}))
    entries = [entry for entry in _named(sys.path) if os.path.realpath(entry) in homes]
    return sorted(entries, key=_is_here)


def _folder(module: ModuleType, levels: int) -> str:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return ""
    folder = os.path.dirname(file)
    for _ in range(levels):
        folder = os.path.dirname(folder)
    return folder


def _is_here(entry: str) -> bool:
    with suppress(OSError):
        return os.path.samefile(entry, os.curdir)
    return False


def _named(path: list[str]) -> list[str]:
    """The path, with the name of the folder one is in where that has none."""
    here = ""
    with suppress(OSError):
        here = os.getcwd()
    return [entry or here for entry in path if entry or here]


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

"""A process beside each worker, which ends the worker and all that it started when their parent is gone."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing import connection, parent_process

from convcheck.running.worker import leftovers


def guard() -> None:
    """To be called in the worker, before there is any thread.

    A thread would not do, since code in C may keep the interpreter to itself; nor would the kernel's signal on the
    parent's death, which ends the worker alone, and already when the thread ends that has started it.
    """
    parent = parent_process()
    if parent is None or not hasattr(os, "fork"):
        return
    worker = os.getpid()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    # Not a child of the worker, which counts its children to see whether code has left any.
    with suppress(BaseException):
        if not os.fork():
            _wait_and_sweep(worker, parent.sentinel)
    os._exit(0)


def _wait_and_sweep(worker: int, sentinel: int) -> None:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # It holds nothing open that somebody waits for the end of.
    os.dup2(sentinel, 3)
    os.closerange(4, min(os.sysconf("SC_OPEN_MAX"), 65536))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    connection.wait([3])
    leftovers.sweep(worker, os.environ[leftovers.MARK])

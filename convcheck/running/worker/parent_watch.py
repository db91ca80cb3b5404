"""A process beside each worker, which ends the worker and all that it started when convcheck itself is gone."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing import connection, parent_process

from convcheck.running.worker import leftovers


def watch_parent() -> None:
    """Start that process. To be called in the worker, before there is any thread. Does nothing on Windows.

    A thread of the worker would not do, since code in C may keep the interpreter to itself. Nor would the kernel's
    signal on the death of a parent (PR_SET_PDEATHSIG): it ends the worker alone, and is sent already when the thread
    ends that has started the worker.
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
            _sweep_when_parent_ends(worker, parent.sentinel)
    os._exit(0)


def _sweep_when_parent_ends(worker: int, sentinel: int) -> None:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Somebody may wait for the end of a pipe that this process would keep open.
    os.dup2(sentinel, 3)
    os.closerange(4, min(os.sysconf("SC_OPEN_MAX"), 65536))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    connection.wait([3])
    leftovers.end_descendants(worker)
    leftovers.sweep(worker, os.environ[leftovers.MARK])

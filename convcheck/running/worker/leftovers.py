"""Finds and ends the processes that the code under test has started, when its worker process is ended.

By its group, by a mark in their environment, and, on Linux, by descent: a process whose parent has ended becomes a
child of the nearest one above that adopts orphans, which a worker does, and the command too. So what left its session,
changed its environment and gave up its parent is found as well.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# A variable of the environment. Whatever a worker starts inherits it, and so does what that starts, also once it has
# left the worker's process group.
MARK = "CONVCHECK_WORKER"
PROCESSES = Path("/proc")
PR_SET_CHILD_SUBREAPER = 36
# The children that this process had when it began to adopt orphans, and the workers that it has started since.
_own: set[int] = set()
_adopting: list[bool] = []


def adopt_orphans() -> None:
    """From now on orphans among the descendants of this process become its children. Does nothing but on Linux.

    Not for a process that is somebody else's, who may rely on its own orphans being left alone.
    """
    if _adopting or sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0:
            _own.update(_children(os.getpid()))
            _adopting.append(True)


def is_ours(process: int) -> None:
    """It was started by convcheck itself, and is not to be taken for an orphan."""
    _own.add(process)


def end_descendants(worker: int) -> None:
    """Kill all that descends from a worker, which is alive: what has ended its own parent is a child of the worker."""
    _kill_all(lambda: [each for each in _descendants(worker) if not _is_zombie(each)])


def send(worker: int, number: signal.Signals) -> None:
    """A signal to a running worker and all that is in its process group."""
    with suppress(ProcessLookupError, PermissionError):
        try:
            os.killpg(worker, number)
        except (ProcessLookupError, AttributeError):
            # It does not lead a group of its own yet, or this is Windows.
            os.kill(worker, number)


def sweep(worker: int, mark: str) -> None:
    """Kill what a worker that has ended left running. `mark` is the value of MARK in its environment."""
    # The number of a process is not given anew while it names a group that has members.
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(worker, signal.SIGKILL)
    _kill_all(lambda: [*marked(mark), *_adopted()])


def _kill_all(find: Callable[[], list[int]]) -> None:
    """Kill what `find` finds, until it finds nothing: what is being killed may just be starting something."""
    for _ in range(10):
        left = find()
        for process in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        if not left:
            return
        time.sleep(0.01)


def marked(mark: str) -> list[int]:
    """The processes that were started with this mark in their environment; none are found where there is no /proc."""
    if not PROCESSES.is_dir():
        return []
    sought = f"{MARK}={mark}".encode()
    others = (entry for entry in PROCESSES.iterdir() if entry.name.isdigit() and entry.name != str(os.getpid()))
    return [int(entry.name) for entry in others if sought in _environment(entry)]


def _adopted() -> list[int]:
    """The children of this process that it has not started itself, if it adopts orphans. Those that have ended go."""
    if not _adopting:
        return []
    found = []
    for process in _children(os.getpid()):
        # What watches over a worker that is still there bears its mark, and nothing else of it is an orphan yet.
        if process in _own or MARK.encode() in _environment(PROCESSES / str(process)):
            continue
        with suppress(ChildProcessError):
            if os.waitpid(process, os.WNOHANG) == (0, 0):
                found.append(process)
    return found


def _descendants(process: int) -> list[int]:
    parents = _parents()
    found: list[int] = []
    at = [process]
    while at:
        above = at.pop()
        below = [each for each, parent in parents.items() if parent == above]
        found += below
        at += below
    return found


def _children(process: int) -> list[int]:
    return [each for each, parent in _parents().items() if parent == process]


def _parents() -> dict[int, int]:
    """Of each process there is the number of its parent."""
    if not PROCESSES.is_dir():
        return {}
    found = {}
    for entry in PROCESSES.iterdir():
        if entry.name.isdigit() and (fields := _status(entry)):
            found[int(entry.name)] = int(fields[1])
    return found


def _is_zombie(process: int) -> bool:
    fields = _status(PROCESSES / str(process))
    return not fields or fields[0] == b"Z"


def _status(entry: Path) -> list[bytes]:
    """The fields of its status behind its name, which may have any character: its state, its parent and so on."""
    with suppress(OSError):
        return (entry / "stat").read_bytes().rpartition(b")")[2].split()
    return []


def _environment(entry: Path) -> bytes:
    # Not ours, or gone by now.
    with suppress(OSError):
        return (entry / "environ").read_bytes()
    return b""

"""Finds and ends the processes that the code under test has started, when its worker process is ended."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

# A variable of the environment. Whatever a worker starts inherits it, and so does what that starts, also once it has
# left the worker's process group.
MARK = "CONVCHECK_WORKER"
PROCESSES = Path("/proc")


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
    # More than once: what is being killed may just be starting something.
    for _ in range(10):
        left = marked(mark)
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


def _environment(entry: Path) -> bytes:
    # Not ours, or gone by now.
    with suppress(OSError):
        return (entry / "environ").read_bytes()
    return b""

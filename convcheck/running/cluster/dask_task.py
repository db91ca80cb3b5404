"""What a Dask worker does: it starts a process for the jobs, hands back its answer, and ends it if nobody wants that.

A process of its own, since a Dask worker runs several tasks side by side in threads, and a check has its standard
output, its floating-point state and its memory limit for itself.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from convcheck.running.failures import ended
from convcheck.running.message import Fault, Reply, packed

COMMAND = [sys.executable, "-P", "-m", "convcheck.running.cluster.remote_process"]
# How often it is asked whether the answer is still wanted, and how long the process has to end itself, in seconds.
LOOK = 0.25
GRACE = 5.0
# What is shown of a process that has ended badly.
TAIL = 4000


def work(parcel: bytes) -> bytes:
    """The packed Reply to a parcel, as `errand` makes it."""
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        with _errand(answer, said) as process:
            # One that has ended already says why below.
            with suppress(OSError):
                process.stdin.write(parcel)
                process.stdin.flush()
            while process.poll() is None and _wanted():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK)
        if process.returncode == 0:
            return _content(answer)
        if process.returncode < 0:
            return packed(Reply(trouble=ended(process.returncode, "")))
        text = f"a process for checks on a worker of the cluster ended with exit code {process.returncode}"
        return packed(Reply(trouble=Fault(text, _content(said)[-TAIL:].decode("utf-8", "replace").strip())))


@contextmanager
def _errand(answer: IO[bytes], said: IO[bytes]) -> Iterator[Any]:
    """The process, which ends itself and all that it has started once its standard input is closed."""
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=answer, stderr=said, start_new_session=True)
    try:
        yield process
    finally:
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wanted() -> bool:
    """Whether whoever asked is still there, and this worker, too."""
    from distributed import get_worker  # noqa: PLC0415 (it is there: this is one of its tasks)

    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    return task is not None and task.state != "cancelled" and worker.status.name not in ("closing", "closed", "failed")


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()

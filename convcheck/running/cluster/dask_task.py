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

from convcheck.running.failures import process_ended
from convcheck.running.interrupts import POLL_SECONDS
from convcheck.running.message import Fault, Reply, packed

COMMAND = [sys.executable, "-P", "-m", "convcheck.running.cluster.remote_process"]
# Seconds that the process may take to end itself once its input is closed, before it is killed.
CLOSE_SECONDS = 5.0
# Bytes that are shown of what a process that has ended badly wrote to standard error: the last of them.
SHOWN_BYTES = 4000


def answer_request(request: bytes) -> bytes:
    """The packed Reply to a request that `remote_process.packed_request` has made."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        with _remote_process(output, errors) as process:
            # If it has ended already, the write fails, and what is said below tells why.
            with suppress(OSError):
                process.stdin.write(request)
                process.stdin.flush()
            while process.poll() is None and _wanted():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(POLL_SECONDS)
        if process.returncode == 0:
            return _content(output)
        if process.returncode < 0:
            return packed(Reply(error=process_ended(process.returncode, "")))
        text = f"a process for checks on a worker of the cluster ended with exit code {process.returncode}"
        return packed(Reply(error=Fault(text, _content(errors)[-SHOWN_BYTES:].decode("utf-8", "replace").strip())))


@contextmanager
def _remote_process(output: IO[bytes], errors: IO[bytes]) -> Iterator[Any]:
    """The process, which ends itself and all that it has started once its standard input is closed."""
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=output, stderr=errors, start_new_session=True)
    try:
        yield process
    finally:
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        try:
            process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wanted() -> bool:
    """Whether whoever asked is still there, and this worker, too."""
    # It is installed where this runs: in one of its tasks.
    from distributed import get_worker

    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    return task is not None and task.state != "cancelled" and worker.status.name not in ("closing", "closed", "failed")


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()

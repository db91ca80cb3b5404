"""A Dask cluster on this machine: a scheduler and workers, each a process of its own, as people start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.cli.calling import clean_environment

DASK = [sys.executable, "-m", "dask"]
REMOTE_PROCESS = b"convcheck.running.cluster.remote_process"


class DaskCluster:
    """To be entered. What it writes is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self.address = ""
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0")

    def __enter__(self) -> DaskCluster:
        _wait(self._file.exists)
        self.address = json.loads(self._file.read_text())["address"]
        return self

    def __exit__(self, *_: object) -> None:
        for one in (*self.workers, self.scheduler):
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGTERM)
        for one in (*self.workers, self.scheduler):
            with suppress(subprocess.TimeoutExpired):
                one.wait(3)
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()

    def add_worker(self, *options: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """One thread; without a nanny, unless the options ask for one."""
        given = options or ("--no-nanny",)
        worker = self._start("worker", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard", *given, env=env)
        self.workers.append(worker)
        _wait(lambda: (self._folder / "log").read_text("utf-8", "replace").count("Registered to:") == len(self.workers))
        return worker

    def _start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [*DASK, *arguments, "--scheduler-file", str(self._file)]
        with open(self._folder / "log", "ab") as log:
            return subprocess.Popen(
                command, env=clean_environment(env), cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < deadline, "the cluster did not start"
        time.sleep(0.1)


def remote_processes(worker: int) -> list[int]:
    """The processes that run checks for a worker."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and REMOTE_PROCESS in (entry / "cmdline").read_bytes():
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == worker:
                    found.append(int(entry.name))
    return found

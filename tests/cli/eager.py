"""Runs of convcheck in processes of their own, with workers from the first checks on, however short the run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from convcheck.running.worker import leftovers
from tests.cli.calling import clean_environment

EAGER = """\
from convcheck.cli.actions import run as action
action.start_cost = lambda: 0.0
from convcheck.__main__ import main
main()
"""
RUNS = list[subprocess.Popen[str]]


def start(
    runs: RUNS, folder: Path, *arguments: object, through: Sequence[str] = (), **more: Any
) -> subprocess.Popen[str]:
    """A run of its own, by way of a command that becomes it; `more` is for Popen."""
    # As the command, which is installed, has not the folder one is in on its path.
    command = [*through, sys.executable, "-P", "-c", EAGER, "run", *map(str, arguments)]
    more = {"env": clean_environment(), "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    runs.append(subprocess.Popen(command, cwd=folder, text=True, **more))
    return runs[-1]


def workers(running: subprocess.Popen[str], at_least: int) -> list[int]:
    """Its worker processes, once there are so many of them at work."""
    for _ in range(300):
        # A worker is the head of a session; the process that watches its parent leads another, and waits.
        found = [each for each in leftovers.marked(f"{running.pid}-") if leads_a_session(each) and busy(each)]
        if len(found) >= at_least:
            return found
        time.sleep(0.1)
    raise AssertionError("no workers")


def leads_a_session(process: int) -> bool:
    """Whether it is there, and the head of a session: a short one may be gone since it was listed."""
    try:
        return os.getsid(process) == process
    except ProcessLookupError:
        return False


def busy(process: int) -> bool:
    """Whether it has used more time than starting takes."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(fields[11]) / os.sysconf("SC_CLK_TCK") > 1.5


def gone(running: subprocess.Popen[str]) -> bool:
    """Whether none of its processes is left, a moment later at the latest."""
    for _ in range(50):
        if not leftovers.marked(f"{running.pid}-"):
            return True
        time.sleep(0.1)
    return False

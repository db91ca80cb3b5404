"""Calls of the command line: in this process where that is enough, in one of its own where it is not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from convcheck.cli.process import run_process

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Called:
    code: int
    out: str
    err: str


class Caller:
    """`call("run", path)`: the exit code and what was written, in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Called:
        self._capsys.readouterr()
        code = run_process([str(argument) for argument in arguments])
        written = self._capsys.readouterr()
        return Called(int(code), written.out, written.err)


def clean_environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    decided = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING")
    kept = {name: value for name, value in os.environ.items() if name not in decided}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **(changes or {})}


def process(*arguments: object, env: Mapping[str, str] | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
    """A real process; `more` is for subprocess.run."""
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "timeout": 60, **more}
    if "input" in more:
        del more["stdin"]
    command = [sys.executable, "-m", "convcheck", *map(str, arguments)]
    return subprocess.run(command, env=clean_environment(env), encoding="utf-8", check=False, **more)


def many(number: int) -> str:
    """A spec of so many small checks."""
    shapes = ", ".join(f"[{n}]" for n in range(2, number + 2))
    return f"layer: relu\nmatrix: {{shape: [{shapes}]}}\n"


def timeless(text: str) -> str:
    """A JSON report without what the clock has to do with."""
    return re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', text)

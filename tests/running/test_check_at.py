"""What a check was made of is a spec on one line, and the command that repeats it makes the same check."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from convcheck.cli.actions.repeat import spec_line
from convcheck.layers.catalogue import FORMS, NAMES
from convcheck.running.check_at import check_at
from convcheck.spec.reader import read_text
from tests.cli.calling import clean_environment
from tests.layers.cases import suite_of

WRONG = Path(__file__).parents[1] / "corpus" / "files" / "wrong"


@pytest.mark.parametrize("layer", NAMES)
def test_the_line_says_all_of_the_check(layer: str, tmp_path: Path) -> None:
    for check in suite_of(layer, tmp_path):
        made = check_at(check, {**asdict(check.sizes), "dtype": "float32"}, "<stdin>")
        reading = read_text(spec_line(made), "<stdin>", FORMS)
        assert reading.errors == ()
        assert reading.checks == (made,)


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("conv_dx_assigned.py", "echo '{layer: conv, N: 1, C: 1, "),
        ("bn_running_std.py", "echo '{layer: batchnorm, N: 2, D: 1, "),
        # It is as small as can be.
        ("relu_leaky.py", "convcheck run -k one_number "),
    ],
)
def test_the_command_of_a_conclusion_fails_as_it_says(file: str, command: str, tmp_path: Path) -> None:
    def run(command: str) -> dict:
        shell = f'convcheck() {{ {sys.executable} -m convcheck "$@"; }}; {command} -o json=report.json'
        ran = subprocess.run(
            ["bash", "-c", shell],
            cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert ran.returncode == 1, ran.stderr
        return json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    (conclusion,) = run(f"convcheck run --impl {WRONG / file} --seed 3 --no-isolation")["conclusions"]
    assert conclusion["repeat"].startswith(command)
    again = run(conclusion["repeat"])
    assert again["checks"][0]["seed"] == 3
    assert again["checks"][0]["spec"].items() >= conclusion["sizes"].items()
    assert again["conclusions"][0]["example"] == conclusion["example"]
    assert set(again["conclusions"][0]["wrong"]) & set(conclusion["wrong"])

"""Code of one's own with mistakes planted in it: what is printed of those that its suite misses, and the exit code."""

import json
import sys
from pathlib import Path

import pytest

from convcheck.audit.mutants import Mutant
from convcheck.audit.own_code import OwnCodeAudit, Tried
from convcheck.cli.actions.audit_impl import _print, audit_implementation
from convcheck.cli.exits import Exit
from convcheck.cli.options.output import Output
from convcheck.implementations.source import Source
from convcheck.reports.tables.page import Page
from tests.cli.calling import Caller

CODE = """import numpy as np


def relu_forward(x, scale=1):
    if x.ndim > 9:
        x = x + 1
    return np.maximum(x, 0), x


def relu_backward(dout, x):
    g = np.zeros(dout.shape, dtype=dout.dtype)
    g += dout * (x > 0)
    return g
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.delenv("COLUMNS", raising=False)
    path = tmp_path / "layers.py"
    path.write_text(CODE)
    return Source(str(path))


def options(form="table", file=None, **changes):
    told = {"layer": None, "timeout": None, "no_isolation": True, "no_stubs": False, "jobs": 1, "most": None}
    told |= {"min_score": None, "color": "never", "quiet": True, "outputs": [Output(form, file)]}
    return told | changes


def test_what_is_let_pass_is_shown_with_its_line(code, capsys):
    assert audit_implementation(code, options()) == Exit.PASSED
    page = capsys.readouterr().out
    assert "planted in it, each run by 4 checks of relu until one does not pass" in page
    assert "layers.py:11  argument left out, after 4 checks (wrong-dtype)\n" in page
    assert "      g = np.zeros(dout.shape, dtype=dout.dtype)\n    → g = np.zeros(dout.shape)\n" in page
    assert "      g += dout * (x > 0)\n    → g = dout * (x > 0)\n" in page
    assert "Never run: line 6\n" in page
    assert "\nScore 0." in page


def test_for_programs_and_with_a_least_score(code, tmp_path, capsys):
    file = str(tmp_path / "audit.json")
    assert audit_implementation(code, options("json", file, min_score=1.0, most=20)) == Exit.FAILED
    assert "and 1 is the least" in capsys.readouterr().err
    document = json.loads(Path(file).read_text())
    assert document["layers"] == ["relu"]
    assert document["tried"] == len(document["mutants"]) == sum(document["counts"].values())
    assert {one["fate"] for one in document["mutants"]} >= {"killed", "equal", "not run"}
    assert 0 < document["score"] < 1


def test_what_cannot_be_audited_is_wrong_usage(tmp_path, capsys):
    assert audit_implementation(Source(str(tmp_path / "layers.py")), options()) == Exit.USAGE
    assert "there is no such file" in capsys.readouterr().err


def test_it_is_what_audit_does_with_code_in_the_place_of_specs(call: Caller, tmp_path: Path) -> None:
    path = tmp_path / "layers.py"
    path.write_text(CODE)
    called = call("audit", "--impl", path, "--no-isolation", "--most", "6", "-q")
    assert called.code == 0
    assert "6 of them tried" in called.out
    document = json.loads(call("audit", "--impl", path, "--no-isolation", "--most", "3", "--format", "json").out)
    assert document["tried"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--impl", "naive"], "expected FILE.py or FILE.py:NAMES, received 'naive'"),
        (["--impl", "layers.py", "x.yaml"], "give specs, or --impl"),
        (["--impl", "layers.py", "-k", "a"], "-k is for specs"),
        (["--impl", "layers.py", "--suggest", "-"], "--suggest is for specs"),
        (["--impl", "layers.py", "-o", "x.html"], "with --impl there are table and json"),
        (["--most", "5", "x.yaml"], "--most goes with --impl, which is missing"),
    ],
)
def test_what_has_no_meaning_together_is_wrong_usage(call: Caller, arguments: list[str], said: str) -> None:
    called = call("audit", *arguments)
    assert (called.code, called.out) == (2, "")
    assert said in called.err


def test_the_ways_in_which_mistakes_show_add_up(code, capsys):
    ways = ["raised"] * 5 + ["wrong-shape"] * 3 + ["scaled"] * 2 + ["fail", "dtype", "purity", "state"]
    mutant = Mutant(CODE, 9, 9, "constant", "0", "1")
    tried = tuple(Tried(mutant, "killed", 1, "relu", how) for how in ways)
    _print(Page(sys.stdout, colour=False, width=100), OwnCodeAudit(code, tried=tried, planted=len(ways)))
    row = next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("noticed "))
    assert row.split(maxsplit=2)[1:] == ["14", "5 raised, 3 wrong-shape, 2 scaled, 1 fail, 3 otherwise"]

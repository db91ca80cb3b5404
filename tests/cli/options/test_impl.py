"""Which code is checked, as which layer, and what of it is not: --impl and --layer through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import Caller

HERE = "--no-isolation"
AFFINE = """
def capsule_forward(x, w, b): return x, None
def capsule_backward(dout, cache): return dout
"""
THING = """
import numpy as np
class Thing:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)
    def backward(self, dout):
        return dout * (self.x > {})
"""
NAMED = "capsule_forward,capsule_backward (line 9): no layer is called capsule"


@pytest.mark.parametrize("quiet", [[], ["-q"]])
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "junit", "github", "csv", "markdown", "html"])
def test_what_is_not_checked_is_named_in_every_format(call: Caller, own: Path, form: str, quiet: list[str]) -> None:
    own.write_text(own.read_text() + AFFINE)
    called = call("run", "--impl", own.name, HERE, "-k", "one_number", "--format", form, *quiet)
    assert called.code == 0
    # Rows of checks have no place for it; then it is on standard error, and nowhere else.
    said, silent = (called.err, called.out) if form in ("jsonl", "csv") else (called.out, called.err)
    assert "no layer is called capsule" in said
    assert "capsule" not in silent


def test_where_all_reports_are_files_it_is_said(call: Caller, own: Path) -> None:
    own.write_text(own.read_text() + AFFINE)
    called = call("run", "--impl", own.name, HERE, "-k", "one_number", "-q", "-o", "report.json")
    assert called.err == f"convcheck: not checked: layers.py: {NAMED}\n"
    assert json.loads(Path("report.json").read_text())["not_checked"][0]["line"] == 9


def test_it_is_listed(call: Caller, own: Path) -> None:
    own.write_text(own.read_text() + AFFINE)
    lines = call("run", "--list-impl", own.name, HERE).out.splitlines()
    assert lines[lines.index("Not checked") + 1].strip() == NAMED
    document = json.loads(call("run", "--list-impl", own.name, HERE, "--format", "json").out)
    assert [(one["names"], one["why"]) for one in document["not_checked"]] == [
        (["capsule_forward", "capsule_backward"], "no layer is called capsule")
    ]


def test_a_layer_says_what_code_of_another_name_is(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "th.py").write_text(THING.format(0))
    # What is named is run as a function of no layer, where shapes are found at which it can be.
    unknown = call("run", "--impl", "th.py:Thing", HERE)
    assert unknown.code == 0
    assert "th.py:Thing is of no layer: checked with shapes that were tried" in unknown.err
    command = "convcheck run --impl th.py:Thing --layer "
    whole = call("run", "--impl", "th.py", HERE)
    assert f"nothing in th.py can be checked: Thing (line 3): no layer is called Thing; say which it is: {command}" in (
        whole.err
    )
    assert call("run", "--impl", "th.py:Thing", "--layer", "relu", HERE).code == 0
    (tmp_path / "th.py").write_text(THING.format(-1))
    wrong = call("run", "--impl", "th.py:Thing", "--layer", "relu", HERE)
    assert wrong.code == 1
    assert " --impl th.py:Thing --layer relu --no-isolation\n" in wrong.out


def test_a_layer_that_is_none_and_one_that_nothing_needs_are_wrong_usage(call: Caller, own: Path, good: Path) -> None:
    unknown = call("run", "--impl", own.name, "--layer", "maxpool")
    assert unknown.code == 2
    assert "no layer is called 'maxpool': there are conv, max_pool, " in unknown.err
    assert "; did you mean max_pool?" in unknown.err
    beside = call("run", good.name, "--impl", own.name, "--layer", "relu")
    assert (beside.code, "a SPEC names its own" in beside.err) == (2, True)
    misplaced = call("run", own.name, "--layer", "relu")
    assert misplaced.code == 2
    assert (
        "--layer goes with --impl, which is missing; to check code: convcheck run --impl layers.py --layer relu"
    ) in misplaced.err
    alone = call("run", "--layer", "relu")
    assert (alone.code, "it says what --impl FILE.py holds" in alone.err) == (2, True)


def test_a_layer_goes_for_what_is_listed_and_for_what_nothing_names(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "th.py").write_text(THING.format(0))
    listed = call("run", "--list-impl", "th.py:Thing", "--layer", "relu", HERE)
    assert listed.code == 0
    assert listed.out.splitlines()[-1] == "Check them: convcheck run --impl th.py:Thing --layer relu"
    whole = call("run", "--impl", "th.py", "--layer", "relu", HERE)
    assert whole.code == 2
    assert "; say which it is: convcheck run --impl th.py:Thing --layer relu; " in whole.err

"""A report is short by default: what matters is on the first two screens of 80 columns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convcheck.layers.catalogue import NAMES
from tests.cli.calling import Caller

ROOT = Path(__file__).parents[3]
CORPUS = ROOT / "tests" / "corpus" / "files"


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch, call: Caller) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def lines(call: Caller, *arguments: object) -> list[str]:
    return call("run", *arguments).out.splitlines()


@pytest.mark.thorough
def test_what_passes_takes_a_line_a_layer_or_file(call: Caller) -> None:
    called = call("run", ROOT / "configs")
    assert called.code == 0
    said = called.out.splitlines()
    assert len(said) <= 15
    # So many layers are told together, where they came out alike.
    assert [line for line in said if line.startswith("pass  ")][-1].startswith("pass  conv, ")
    assert {*re.findall(r"\w+", " ".join(said))} >= {*NAMES}
    right = lines(call, "--impl", CORPUS / "right" / "own_autograd.py", "--no-isolation")
    assert len(right) <= 15
    assert "pass  conv  11 checks, every entry proved" in right


def test_one_bug_takes_a_few_lines_however_many_checks_it_fails(call: Caller, tmp_path: Path) -> None:
    said = lines(call, "--impl", CORPUS / "wrong" / "whole_file.py", "--no-isolation", "-k", "max_pool")
    assert len(said) <= 25
    assert "dx is assigned with `=`" in said[1]
    sizes = ", ".join(f"[{n}]" for n in range(1, 21))
    (tmp_path / "many.yaml").write_text(f"layer: relu\nmatrix: {{shape: [{sizes}]}}\n")
    many = lines(call, "many.yaml", "--impl", CORPUS / "wrong" / "relu_leaky.py", "--no-isolation")
    assert len(many) <= 12
    assert many[-1].startswith("20 checks: 20 fail (")
    assert [line for line in many if line.startswith("fail")] == ["fail  relu  20 checks of many.yaml, 20 fail"]


def test_a_check_alone_has_its_figures_and_with_v_all_have(call: Caller) -> None:
    assert "  criterion: exact arithmetic: equal to the last bit" in lines(call, ROOT / "configs" / "conv.yaml")
    said = lines(call, ROOT / "configs" / "relu.yaml")
    assert not any("criterion" in line for line in said)
    assert sum("criterion" in line for line in lines(call, "-v", ROOT / "configs" / "relu.yaml")) >= 7

"""Imports run downwards only: cli -> running, reports -> checking -> implementations, numeric -> layers -> spec."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import convcheck

PACKAGE = Path(convcheck.__file__).parent
FLOORS = {
    "spec": 0,
    "suite": 0,
    "layers": 1,
    "implementations": 2,
    "numeric": 3,
    "checking": 4,
    "running": 5,
    "reports": 5,
    "api": 6,
    "cli": 6,
}
TOP = {"__init__", "__main__", "_version"}


def room(module):
    return module.split(".")[1]


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def sources():
    return [p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem not in TOP]


def climbs(path, module):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if not module.startswith("convcheck.") or room(module) in TOP | {here}:
        return False
    return FLOORS[room(module)] >= FLOORS[here]


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_downwards_only(path):
    assert [m for m in imports_of(path) if climbs(path, m)] == []


def test_the_rule_can_be_broken():
    assert climbs(PACKAGE / "spec" / "reader.py", "convcheck.layers.conv")
    assert climbs(PACKAGE / "reports" / "tables" / "table.py", "convcheck.cli.main")
    assert not climbs(PACKAGE / "layers" / "conv.py", "convcheck.spec.fields")


def test_only_the_command_line_touches_click():
    touching = {p.relative_to(PACKAGE).parts[0] for p in sources() if "click" in set(imports_of(p))}
    assert touching == {"cli"}


def test_the_spec_reader_loads_no_numpy():
    code = "import sys, convcheck.spec.reader, convcheck.spec.schema; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_numeric_knows_no_layer_by_name():
    names = ("conv", "max_pool", "relu", "batchnorm")
    for path in (PACKAGE / "numeric").rglob("*.py"):
        assert not [m for m in imports_of(path) if m.rpartition(".")[2] in names], path


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_where_records_are_defined_annotations_are_no_texts(path):
    """`typing` compiles each that is one, when the class is made: a millisecond in every few of a short run."""
    text = path.read_text()
    assert "(NamedTuple)" not in text or "from __future__ import annotations" not in text

"""The tests are found where their module is: tests/<room>/<wing>/test_<module>.py, or a test file that says so.

A test file says so by the path of the module in its docstring: `numeric/ridders.py`.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import convcheck

PACKAGE = Path(convcheck.__file__).parent
TESTS = Path(__file__).parent
# Shorter ones are tested by what uses them.
LONG = 60
# The rooms for which this holds; "." is the package's own folder.
ROOMS = (
    ".",
    "audit",
    "cli",
    "checking",
    "diagnosis",
    "implementations",
    "layers",
    "numeric",
    "reports",
    "running",
    "spec",
)


def long_modules(room: str) -> list[str]:
    """The paths, from the package, of the modules of a room that have more than LONG lines."""
    folder = PACKAGE / room
    paths = folder.glob("*.py") if room == "." else folder.rglob("*.py")
    return sorted(
        path.relative_to(PACKAGE).as_posix()
        for path in paths
        if len(path.read_text(encoding="utf-8").splitlines()) > LONG
    )


@cache
def said_to_cover() -> str:
    """The docstrings of all test files."""
    texts = (path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    return "\n".join(ast.get_docstring(ast.parse(text)) or "" for text in texts)


def untested(modules: list[str], covered: str) -> list[str]:
    """Those of the modules that have no test file of their name and stand in no docstring of one."""
    return [
        module
        for module in modules
        if not (TESTS / module).with_name(f"test_{Path(module).name}").exists()
        and not re.search(rf"\b{re.escape(module.removesuffix('.py'))}\b", covered)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_the_tests_of_a_module_can_be_found(room):
    assert untested(long_modules(room), said_to_cover()) == []


def test_there_are_such_modules():
    assert "implementations/open.py" in long_modules("implementations")
    assert "implementations/pair.py" not in long_modules("implementations")


def test_one_without_tests_would_be_found():
    modules = ["layers/words.py", "layers/conv/no_such.py", "numeric/ridders.py"]
    assert untested(modules, "Of `numeric/ridders.py`, not of layers/conv/no_such_a.py.") == ["layers/conv/no_such.py"]

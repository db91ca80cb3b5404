"""What is known of a layer lies in its folder: no file outside `layers/` names one, in code, texts or comments."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

import convcheck
from convcheck.layers.catalogue import NAMES

PACKAGE = Path(convcheck.__file__).parent
LAYERS = PACKAGE / "layers"
OUTSIDE = sorted(path for path in PACKAGE.rglob("*.py") if LAYERS not in path.parents)
NAMED = re.compile(rf"\b({'|'.join(NAMES)})\b")
# The help of a command is its docstring, and shows how it is used.
WITH_EXAMPLES = PACKAGE / "cli"


def docstrings_of(text: str) -> set[tuple[int, int]]:
    """Where they begin: line and column."""
    starts = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                starts.add((first.lineno, first.col_offset))
    return starts


def layers_named(text: str, *, docstrings: bool = True) -> Iterator[str]:
    """Every line of a file that has the name of a layer as a word, in an identifier, a text or a comment."""
    if not NAMED.search(text):
        return
    spared = set() if docstrings else docstrings_of(text)
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.start in spared:
            continue
        if not NAMED.search(token.string):
            continue
        for number, line in enumerate(token.string.split("\n"), token.start[0]):
            if NAMED.search(line):
                yield f"{number}: {line.strip()}"


def layers_imported(text: str) -> Iterator[str]:
    """The modules of layers' folders that a file imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        yield from (m for m in modules if m.startswith("convcheck.layers.") and m.split(".")[2] in NAMES)


def place(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def test_no_file_outside_of_the_layers_names_one():
    found = [
        f"{place(path)}:{line}"
        for path in OUTSIDE
        for line in layers_named(path.read_text(encoding="utf-8"), docstrings=WITH_EXAMPLES not in path.parents)
    ]
    assert found == []


def test_no_file_but_those_of_the_layers_imports_the_folder_of_one():
    several = sorted(LAYERS.glob("*.py"))
    assert OUTSIDE
    assert several
    found = {place(path): list(layers_imported(path.read_text(encoding="utf-8"))) for path in [*OUTSIDE, *several]}
    assert {path: modules for path, modules in found.items() if modules} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if name == 'conv':\n    pass\n", ["1: 'conv'"]),
        ("def conv(x):\n    return x\n", ["1: conv"]),
        ("x = 1\n# As relu does.\n", ["2: # As relu does."]),
        ("x = 'a ' 'max_pool'\n", ["1: 'max_pool'"]),
        ('"""One.\n\nAs in batchnorm:\n"""\n', ["3: As in batchnorm:"]),
        ("def convolve(x, conv_param, max_pooling):\n    return 'batchnorms'\n", []),
    ],
)
def test_a_name_would_be_found(text, found):
    assert list(layers_named(text)) == found


def test_the_help_of_a_command_may_have_examples_and_its_code_may_not():
    text = '"""convcheck init conv"""\n\n\ndef f():\n    """Of conv."""\n    return "conv"\n'
    assert list(layers_named(text, docstrings=False)) == ['6: "conv"']


def test_an_import_would_be_found():
    text = "from convcheck.layers import conv, layer\nimport convcheck.layers.relu.words, convcheck.layers.words\n"
    assert list(layers_imported(text)) == ["convcheck.layers.conv", "convcheck.layers.relu.words"]

"""Imports run downwards only: cli -> running, reports -> diagnosis -> checking -> the rooms below."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import convcheck

PACKAGE = Path(convcheck.__file__).parent
FLOORS = {
    "spec": 0,
    "layers": 1,
    "implementations": 2,
    "numeric": 3,
    "checking": 4,
    "diagnosis": 5,
    "audit": 6,
    "running": 6,
    "reports": 6,
    "api": 7,
    "cli": 7,
    # What is called as its library is, on the Python API.
    "torch": 8,
    "jax": 8,
}
TOP = {"__init__", "__main__", "_version"}


def room(module):
    return module.split(".")[1]


@cache
def imports_of(path):
    modules = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules.append(node.module)
        elif isinstance(node, ast.Import):
            modules.extend(alias.name for alias in node.names)
    return modules


def sources():
    return [p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem not in TOP]


def climbs(path, module):
    here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if not module.startswith("convcheck.") or room(module) in TOP | {here}:
        return False
    return FLOORS[room(module)] >= FLOORS[here]


def test_imports_run_downwards_only():
    assert [(str(path), m) for path in sources() for m in imports_of(path) if climbs(path, m)] == []


def test_the_rule_can_be_broken():
    assert climbs(PACKAGE / "spec" / "reader.py", "convcheck.layers.draws")
    assert climbs(PACKAGE / "reports" / "tables" / "table.py", "convcheck.cli.main")
    assert not climbs(PACKAGE / "layers" / "draws.py", "convcheck.spec.fields")


def test_only_the_command_line_touches_click():
    touching = {p.relative_to(PACKAGE).parts[0] for p in sources() if "click" in set(imports_of(p))}
    assert touching == {"cli"}


def test_the_spec_reader_loads_no_numpy():
    code = "import sys, convcheck.spec.reader, convcheck.spec.schema; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def wing(module):
    """Within its room: `classes` of convcheck.implementations.classes.instance."""
    return module.split(".")[2] if module.count(".") > 1 else ""


def wings_of(room, files):
    """For each wing of a room, the wings that it imports, early or late; `files` has the text of each module."""
    below = {}
    for module, text in files.items():
        if not module.startswith(f"convcheck.{room}."):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"convcheck.{room}"):
                found = {f"{node.module}.{alias.name}" for alias in node.names} & files.keys() or {node.module}
                below.setdefault(wing(module), set()).update({wing(other) for other in found} - {wing(module), ""})
    return below


def modules():
    paths = {".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts): p for p in sources()}
    return {module: path.read_text() for module, path in paths.items()}


@pytest.mark.parametrize("room", [name for name in FLOORS if name != "api"])
def test_no_wings_of_a_room_import_each_other_in_a_circle(room):
    TopologicalSorter(wings_of(room, modules())).prepare()


def test_a_circle_would_be_found():
    circle = {
        "convcheck.spec.a.one": "from convcheck.spec.b.two import x",
        "convcheck.spec.b.two": "def f():\n    from convcheck.spec.a import one",
    }
    with pytest.raises(CycleError):
        TopologicalSorter(wings_of("spec", circle)).prepare()


def test_where_records_are_defined_annotations_are_no_texts():
    """`typing` compiles each that is one, when the class is made: a millisecond in every few of a short run."""
    texts = {str(path): path.read_text() for path in sources()}
    both = ("(NamedTuple)", "from __future__ import annotations")
    assert [path for path, text in texts.items() if all(part in text for part in both)] == []


# Every `convcheck --help` imports these two folders. What else of convcheck they may import is light itself.
DECLARATIONS = ("cli/commands", "cli/options")
LIGHT = {
    "convcheck.cli.commands",
    "convcheck.cli.config",
    "convcheck.cli.exits",
    "convcheck.cli.options",
    "convcheck.cli.session",
    "convcheck.cli.startup",
    "convcheck.cli.streams",
    "convcheck.cli.write_file",
    "convcheck.implementations.source",
    "convcheck.reports.formats",
    "convcheck.spec.check",
    "convcheck.spec.fields",
    "convcheck.spec.memory",
    "convcheck.spec.nearest",
    "convcheck.spec.showing",
}
STANDARD = {"__future__", "click", "collections.abc", "contextlib", "enum", "math", "os", "re", "typing"}


def imports_at_once(nodes):
    """What is imported when the file is: not in functions, and not for types alone."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from imports_at_once(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from imports_at_once(ast.iter_child_nodes(node))


def heavy_imports(source):
    allowed = LIGHT | STANDARD
    return [
        module
        for module in imports_at_once(ast.parse(source).body)
        if module not in allowed and not any(module.startswith(f"{light}.") for light in LIGHT)
    ]


def declarations():
    return [path for folder in DECLARATIONS for path in sorted((PACKAGE / folder).glob("*.py"))]


@pytest.mark.parametrize("path", declarations(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_commands_and_options_import_click_and_nothing_heavier(path):
    assert heavy_imports(path.read_text()) == []


def test_the_files_that_are_held_to_it_are_there():
    assert {"run.py", "selection.py"} <= {path.name for path in declarations()}


@pytest.mark.parametrize(
    ("source", "heavy"),
    [
        ("import numpy as np", ["numpy"]),
        ("from rich.table import Table", ["rich.table"]),
        ("import json", ["json"]),
        ("from convcheck.cli.actions.run import run_checks", ["convcheck.cli.actions.run"]),
        ("from convcheck.layers.catalogue import LAYERS", ["convcheck.layers.catalogue"]),
        ("try:\n    import yaml\nexcept ImportError:\n    pass", ["yaml"]),
        ("class Late:\n    import pebble", ["pebble"]),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    import yaml", ["yaml"]),
        ("import click\nfrom convcheck.cli.options.number import bounded_number", []),
        ("def command():\n    import numpy", []),
    ],
)
def test_a_heavy_import_would_be_seen(source, heavy):
    assert heavy_imports(source) == heavy


def loaded_by(*modules):
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"numpy", "rich", "yaml", "pebble", "distributed", "multiprocessing"}


def test_what_commands_and_options_import_is_light_itself():
    modules = [".".join(("convcheck", *path.relative_to(PACKAGE).with_suffix("").parts)) for path in declarations()]
    assert not loaded_by(*modules) & HEAVY


def test_something_heavy_behind_an_import_would_be_seen():
    assert {"numpy", "yaml"} <= loaded_by("convcheck.cli.actions.run")


def test_the_configuration_knows_no_command():
    for path in (PACKAGE / "cli" / "config").glob("*.py"):
        assert not [module for module in imports_of(path) if module.startswith("convcheck.cli.commands")], path

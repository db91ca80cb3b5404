"""Names and docstrings: a class's name has one meaning in the whole package, and what raises says what."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import convcheck

PACKAGE = Path(convcheck.__file__).parent


@cache
def trees():
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}


def defined_twice(trees):
    homes = defaultdict(list)
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(path)
    return {name: paths for name, paths in homes.items() if len(paths) > 1}


def own_nodes(function):
    """Of a function, without those of functions and classes within it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield from own_nodes(child)


def public_functions(tree):
    """Functions of the module and methods of its public classes; a command's docstring is its help text."""
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        for member in members:
            if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                yield member


def silent_about_raising(trees):
    return [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in trees.items()
        for function in public_functions(tree)
        if not (path.startswith("cli/commands/") and function.name == "command")
        and any(isinstance(node, ast.Raise) and node.exc is not None for node in own_nodes(function))
        and "aise" not in (ast.get_docstring(function) or "")
    ]


def test_a_public_class_has_a_name_of_its_own():
    assert defined_twice(trees()) == {}


def test_a_public_function_that_raises_says_what():
    assert silent_about_raising(trees()) == []


def test_both_rules_can_be_broken():
    broken = "class Plan:\n    def made(self):\n        '''A plan.'''\n        raise ValueError('none')\n"
    assert defined_twice({"a.py": ast.parse(broken), "b.py": ast.parse(broken)}) == {"Plan": ["a.py", "b.py"]}
    assert silent_about_raising({"a.py": ast.parse(broken)}) == ["a.py:2 made"]
    assert silent_about_raising({"a.py": ast.parse(broken.replace("plan.", "plan. Raises ValueError."))}) == []

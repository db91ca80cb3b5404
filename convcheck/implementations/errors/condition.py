"""On what condition code raised: on its sizes and settings alone, which is to decline them, or on what it computed."""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from convcheck.implementations.errors.ownership import is_library, is_own

# What an array tells of its sizes.
_SIZES = frozenset({"shape", "ndim", "size", "dim", "dtype"})
_PLAIN = (bool, int, float, str, np.integer, np.dtype, type(None))


def on_sizes_alone(error: BaseException) -> bool:
    """Whether the condition of the `assert`, or of the `if` above the `raise`, has to do with numbers, words and the
    shapes of what the function was given, and with nothing else: neither with an array's values nor with a result.

    False where there is no condition.
    """
    written = [(f, n) for f, n in traceback.walk_tb(error.__traceback__) if _is_theirs(f.f_code.co_filename)]
    if not written:
        return False
    frame, line = written[-1]
    conditions = list(_conditions(frame.f_code.co_filename, line))
    named = any(isinstance(node, ast.Name) for condition in conditions for node in ast.walk(condition))
    try:
        return named and all(_is_about_sizes(condition, frame) for condition in conditions)
    except Exception:  # the values in it are code under test as well
        return False


def _is_theirs(file: str) -> bool:
    return not is_own(file) and not is_library(file)


def _conditions(file: str, line: int) -> Iterator[ast.expr]:
    """Those of the statement in this line, which raises or asserts: `assert`'s own, or those of each `if` around it."""
    try:
        node: ast.AST | None = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return
    around: list[ast.If] = []
    while node is not None:
        if isinstance(node, ast.Assert):
            yield node.test
            return
        if isinstance(node, ast.Raise):
            yield from (one.test for one in around)
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            around = []
        if isinstance(node, ast.If):
            around.append(node)
        statements = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))
        node = next((one for one in statements if one.lineno <= line <= (one.end_lineno or one.lineno)), None)


def _is_about_sizes(node: ast.AST, frame: FrameType) -> bool:
    """Whether nothing in it is an array's values, nor the shape of what the function made itself."""
    if isinstance(node, ast.Name):
        return _is_plain(_value(node, frame))
    if isinstance(node, ast.Attribute) and node.attr in _SIZES:
        return _is_given(node.value, frame)
    if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(_value(node, frame), _Unknown):
        return _is_plain(_value(node, frame))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
        return all(_is_given(part, frame) or _is_about_sizes(part, frame) for part in node.args)
    return all(_is_about_sizes(child, frame) for child in ast.iter_child_nodes(node))


class _Unknown:
    """In place of a value that is not to be had without running anything."""


def _value(node: ast.AST, frame: FrameType) -> Any:
    """What a name, an attribute of it or an item of it is."""
    match node:
        case ast.Name(id=name):
            known = {**frame.f_builtins, **frame.f_globals, **frame.f_locals}
            return known.get(name, _Unknown())
        case ast.Attribute(value=of, attr=name):
            return getattr(_value(of, frame), "__dict__", {}).get(name, _Unknown())
        case ast.Subscript(value=of, slice=ast.Constant(value=key)):
            whole = _value(of, frame)
            return whole.get(key, _Unknown()) if isinstance(whole, dict) else _Unknown()
    return _Unknown()


def _is_given(node: ast.AST, frame: FrameType) -> bool:
    code = frame.f_code
    return isinstance(node, ast.Name) and node.id in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    # NumPy's floats are Python's, too, and come of an array's values.
    number = isinstance(value, _PLAIN) and not isinstance(value, np.floating)
    return number or isinstance(value, ModuleType) or callable(value)

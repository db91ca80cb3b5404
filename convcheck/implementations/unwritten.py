"""Whether a function is still to be written: a docstring, `pass`, `...`, `return None`, NotImplementedError."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def is_unwritten(function: Callable[..., Any]) -> bool:
    """Whether the body does nothing. A function whose source cannot be read counts as written."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    definition = tree.body[0]
    return isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)) and all(map(_is_nothing, definition.body))


def _is_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False

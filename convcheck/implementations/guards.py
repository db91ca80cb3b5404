"""Whether code is ready for an import to fail: then it must fail, since what follows depends on it."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def is_guarded(filename: str, line: int) -> bool:
    """Whether the import at that line stands in a `try` that catches ImportError, or in suppress(ImportError)."""
    return any(first <= line <= last for first, last in _guarded(filename))


@lru_cache(maxsize=64)
def _guarded_in(text: str) -> tuple[tuple[int, int], ...]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    spans = []
    for node in ast.walk(tree):
        if (isinstance(node, ast.Try) and any(_catches(handler.type) for handler in node.handlers)) or (
            isinstance(node, ast.With) and any(_suppresses(item.context_expr) for item in node.items)
        ):
            # Only the body: an import in the handler is what the code falls back on.
            spans.append((node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno))
    return tuple(spans)


def _guarded(filename: str) -> tuple[tuple[int, int], ...]:
    try:
        return _guarded_in(Path(filename).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ()


def _catches(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(map(_catches, caught.elts))
    return _name(caught) in _CAUGHT


def _suppresses(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and _name(context.func) == "suppress" and any(map(_catches, context.args))


def _name(expression: ast.expr) -> str:
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""

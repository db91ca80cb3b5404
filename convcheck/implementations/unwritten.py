"""Code that is not written yet, told apart from code that is written and gives nothing: a forgotten `return`."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.errors.raised import Raised, ReturnedNone
from convcheck.implementations.source_text import definition, first_line, own_nodes, undecorated

# What a stub asks of a dictionary of settings before there is anything to do with it.
_READS = frozenset({"get", "pop", "setdefault"})


def is_unwritten(function: Callable[..., Any]) -> bool:
    """Whether the body does nothing. A function whose source cannot be read counts as written."""
    try:
        return _does_nothing(function)
    except TypeError:  # what is called cannot be hashed
        return _does_nothing.__wrapped__(function)


# It is asked at every call, and reading a source takes longer than many a layer.
@functools.lru_cache(maxsize=64)
def _does_nothing(function: Callable[..., Any]) -> bool:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return False
    node = tree.body[0]
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and all(map(_is_nothing, node.body))


def require_written(function: Callable[..., Any], name: str, what: str) -> None:
    """Raise NotWritten where the body does nothing; `what` is "forward" or "backward"."""
    if is_unwritten(function):
        raise NotWritten(f"{name} is not written yet: its body does nothing", what)


def returned_none(function: Callable[..., Any], name: str, what: str) -> NotWritten | Raised:
    """What it means that the function, which the user calls `name`, returned None: a stub, or a mistake."""
    if _is_stub(function):
        return NotWritten(f"{name} is not written yet: it returns None", what)
    code = getattr(undecorated(function), "__code__", None)
    file = code.co_filename.replace("\\", "/").rpartition("/")[2] if code is not None else ""
    where = f" (line {first_line(function)} of {file})" if file else ""
    return Raised(what, ReturnedNone(f"{name}{where} ends without a value: look for a `return` that is missing"))


def _is_stub(function: Callable[..., Any]) -> bool:
    """Whether nothing in it is the user's: it does nothing, or only reads its arguments and returns a None of its own.

    So are the exercises of courses: `out = None`, `x, w = cache`, `if mode == "train": pass`, `return out, cache`.
    """
    node = definition(function)
    if node is None:
        return False
    if all(_is_nothing(statement) or _sets_none(statement) for statement in node.body):
        return True
    unfinished = [statement for statement in node.body if _has_empty_branch(statement)]
    return _returns_what_is_none(node, half_done=bool(unfinished)) and all(
        statement in unfinished or _only_reads(statement) for statement in node.body
    )


def _is_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant(value=None)):
            return True
        case ast.Import() | ast.ImportFrom() | ast.Global() | ast.Nonlocal() | ast.Delete():
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def _sets_none(statement: ast.stmt) -> bool:
    """`out = None`, `dx, dw = None, None`."""
    return isinstance(statement, (ast.Assign, ast.AnnAssign)) and _is_none(statement.value)


def _is_none(value: ast.expr | None) -> bool:
    if isinstance(value, (ast.Tuple, ast.List)):
        return bool(value.elts) and all(map(_is_none, value.elts))
    return isinstance(value, ast.Constant) and value.value is None


def _returns_what_is_none(node: ast.FunctionDef, *, half_done: bool) -> bool:
    """Whether every `return` has None for its first part, or a name that is given no other value anywhere.

    `half_done`: one branch may well give it another.
    """
    own = list(own_nodes(node))
    returned = [part.value for part in own if isinstance(part, ast.Return) and part.value is not None]
    firsts = [value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value for value in returned]
    none = list(_names_set_to_none(own))
    stored = [part for part in own if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    others = set() if half_done else {name.id for name in stored if name not in none}
    left = {name.id for name in none} - others
    return bool(firsts) and all(_is_none(f) or (isinstance(f, ast.Name) and f.id in left) for f in firsts)


def _names_set_to_none(nodes: list[ast.AST]) -> Iterator[ast.Name]:
    for node in nodes:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else (node.target,):
            pairs: Iterable[tuple[ast.expr, ast.expr | None]] = ((target, node.value),)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=False)
            yield from (name for name, value in pairs if isinstance(name, ast.Name) and _is_none(value))


def _has_empty_branch(statement: ast.stmt) -> bool:
    """`if mode == "train": pass`: what belongs there is still to come, whatever stands in the other branches."""
    if not isinstance(statement, ast.If):
        return False
    others = statement.orelse
    empty = any(branch and all(map(_is_nothing, branch)) for branch in (statement.body, others))
    return empty or any(map(_has_empty_branch, others))


def _only_reads(statement: ast.stmt) -> bool:
    """Whether it does no more than give names to arguments, or parts of them, and choose a way by them."""
    match statement:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _is_read(value)
        case ast.If(body=body, orelse=orelse):
            return all(map(_only_reads, (*body, *orelse)))
        case ast.Return(value=value):
            return value is None or _is_read(value)
        case ast.Raise() | ast.Assert():
            return True
    return _is_nothing(statement)


def _is_read(value: ast.expr) -> bool:
    match value:
        case ast.Constant() | ast.Name():
            return True
        case ast.Attribute(value=inner) | ast.Subscript(value=inner):
            return _is_read(inner)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(map(_is_read, parts))
        case ast.Call(func=ast.Attribute(value=inner, attr=attribute)):
            return attribute in _READS and _is_read(inner)
    return False

"""What the text of a function shows of how it means to be called; nothing of it is run."""

from __future__ import annotations

import ast
import inspect
import linecache
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


def undecorated(function: Callable[..., Any]) -> Any:
    """The function itself, under its decorators."""
    try:
        return inspect.unwrap(getattr(function, "py_func", function))
    except ValueError:
        return function


def first_line(function: Callable[..., Any]) -> int:
    """The line of its definition, 0 where it has none."""
    code = getattr(undecorated(function), "__code__", None)
    return code.co_firstlineno if code is not None else 0


def definition_line(thing: Any) -> int:
    """The line where a class or a function begins, decorators included; 1 where its text cannot be had."""
    try:
        return inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return 1


def returned_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """What it calls the parts of what its last `return` returns: ("out", "cache").

    "…" stands for what has no name, and "…()" for what another function of theirs returns, which may be several parts.
    """
    node = definition(function)
    returns = [] if node is None else [n for n in own_nodes(node) if isinstance(n, ast.Return) and n.value is not None]
    if not returns:
        return ()
    value = max(returns, key=lambda n: n.lineno).value
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    return tuple(_called(part) for part in parts)


def keys_read(function: Callable[..., Any], parameter: str) -> frozenset[str]:
    """The keys that its file reads from a dictionary of this name: parameter["stride"], parameter.get("pad", 0)."""
    return _facts(function).keys.get(parameter, frozenset())


def keys_of_its_own(function: Callable[..., Any], parameter: str) -> frozenset[str]:
    """Those of the keys that need not be given: the file stores them, looks whether they are there, or has a default
    wherever it reads them."""
    return _facts(function).own_keys.get(parameter, frozenset())


def keys_reached(function: Callable[..., Any], parameter: str) -> frozenset[str]:
    """Those of the keys that it reads itself, or that functions of its file do to which it hands the dictionary on."""
    return _reached(_facts(function), definition(function), parameter)


@lru_cache(maxsize=64)
def _reached(facts: FileSyntax, function: ast.FunctionDef | None, parameter: str) -> frozenset[str]:
    nodes = ((part, name) for node, name in _handed_on(facts, function, parameter) for part in every_node(node))
    reads = ((_read(part), name) for part, name in nodes if isinstance(part, (ast.Subscript, ast.Call)))
    return frozenset(read[1] for read, name in reads if read is not None and read[0] == name)


def handed_on(function: Callable[..., Any], parameter: str) -> list[tuple[ast.FunctionDef, str]]:
    """The function, and those of its file to which it hands what it is given as `parameter`, each with what that is
    called there.
    """
    return _handed_on(_facts(function), definition(function), parameter)


def _handed_on(
    facts: FileSyntax, function: ast.FunctionDef | None, parameter: str
) -> list[tuple[ast.FunctionDef, str]]:
    by_name = {(name, _is_method(node)): node for (name, _), node in facts.functions.items()}
    begun: dict[tuple[str, str], tuple[ast.FunctionDef, str]] = {}
    left = [(function, parameter)]
    while left:
        node, name = left.pop()
        if node is None or (node.name, name) in begun:
            continue
        begun[node.name, name] = node, name
        for part in every_node(node):
            if not isinstance(part, ast.Call) or (taker := by_name.get(_function_called(part.func))) is None:
                continue
            names = [p.arg for p in (*taker.args.posonlyargs, *taker.args.args)]
            handed = zip(names[_is_method(taker) :], part.args, strict=False)
            left += [(taker, inner) for inner, value in handed if _is(value, name)]
            left += [(taker, k.arg) for k in part.keywords if k.arg is not None and _is(k.value, name)]
    return [*begun.values()]


def _is_method(node: ast.FunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "self"


def _function_called(called: ast.expr) -> tuple[str, bool]:
    """f of `f(x)`, and the method f of `self.f(x)`; whether it is a method."""
    if isinstance(called, ast.Attribute):
        return (called.attr if _is(called.value, "self") else ""), True
    return (called.id if isinstance(called, ast.Name) else ""), False


def attributes_told(constructor: Callable[..., Any]) -> list[str]:
    """The attributes that a constructor stores, and that it neither gives a value of its own nor makes others of."""
    node = definition(constructor)
    nodes = every_node(node) if node is not None else ()
    used = {part.attr for part in nodes if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load)}
    stored = [
        target.attr
        for part in nodes
        if isinstance(part, ast.Assign)
        for targets, value in _pairs(part)
        for target in targets
        if isinstance(target, ast.Attribute) and any(isinstance(each, ast.Name) for each in ast.walk(value))
    ]
    return [name for name in stored if name not in used]


def _pairs(assignment: ast.Assign) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    """What is stored where: `self.a, self.b = a, b` are two."""
    target, value = assignment.targets[0], assignment.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        yield from (([one], each) for one, each in zip(target.elts, value.elts, strict=True))
    elif isinstance(target, ast.Tuple):
        yield target.elts, value
    else:
        yield assignment.targets, value


def is_pair(function: Callable[..., Any], parameter: str) -> bool:
    """Whether it takes the parameter apart into two: `kh, kw = kernel_size`, `stride[0]`, `*kernel_size`."""
    node = definition(function)
    for part in () if node is None else own_nodes(node):
        if isinstance(part, ast.Starred) and _is(part.value, parameter):
            return True
        if isinstance(part, ast.Assign) and _is(part.value, parameter):
            if any(isinstance(target, (ast.Tuple, ast.List)) for target in part.targets):
                return True
        elif isinstance(part, ast.Subscript) and _is(part.value, parameter) and isinstance(part.slice, ast.Constant):
            return isinstance(part.slice.value, int)
    return False


def shape_names(function: Callable[..., Any], parameter: str) -> tuple[tuple[str, ...], int]:
    """What it calls the axes of an array, and in which line: ("N", "C", "H", "W") of `N, C, H, W = x.shape`."""
    node = definition(function)
    for part in () if node is None else own_nodes(node):
        if not isinstance(part, ast.Assign) or not isinstance(part.value, (ast.Attribute, ast.Call)):
            continue
        value, target = part.value, part.targets[0]
        if isinstance(value, ast.Call):
            shaped = _called(value.func) == "shape" and len(value.args) == 1 and _is(value.args[0], parameter)
        else:
            shaped = value.attr == "shape" and _is(value.value, parameter)
        if shaped and isinstance(target, (ast.Tuple, ast.List)):
            return tuple(_called(name) for name in target.elts), part.lineno
    return (), 0


def _is(expression: ast.expr, name: str) -> bool:
    return isinstance(expression, ast.Name) and expression.id == name


def _called(expression: ast.expr | None) -> str:
    if isinstance(expression, ast.Name):
        return expression.id
    if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
        return "…()"
    return expression.attr if isinstance(expression, ast.Attribute) else "…"


# A few functions are asked about again and again.
@lru_cache(maxsize=64)
def every_node(node: ast.AST) -> tuple[ast.AST, ...]:
    """The node, and every node within it."""
    return tuple(ast.walk(node))


@lru_cache(maxsize=64)
def own_nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    """Every node of a function but those of functions within it."""
    return tuple(_own_nodes(node))


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _own_nodes(child)


@dataclass(frozen=True, eq=False)
class FileSyntax:
    """Of one file: each function by its name and first line, and the keys that are read from names.

    `own_keys` are those of `keys` that the file has a value for, or does without: it asks whether they are there.
    """

    functions: Mapping[tuple[str, int], ast.FunctionDef]
    keys: Mapping[str, frozenset[str]]
    own_keys: Mapping[str, frozenset[str]]


def definition(function: Callable[..., Any]) -> ast.FunctionDef | None:
    """The syntax tree of a function, None where its text cannot be had."""
    return _facts(function).functions.get((getattr(undecorated(function), "__name__", ""), first_line(function)))


def _facts(function: Callable[..., Any]) -> FileSyntax:
    code = getattr(undecorated(function), "__code__", None)
    return _facts_in("" if code is None else "".join(linecache.getlines(code.co_filename)))


@lru_cache(maxsize=16)
def _facts_in(text: str) -> FileSyntax:
    functions, keys = {}, defaultdict(set)
    stored, wanted = defaultdict(set), defaultdict(set)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return FileSyntax({}, {}, {})
    attempted = {id(node) for attempt in ast.walk(tree) if _does_without(attempt) for node in _body(attempt)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            functions[node.name, first] = node
        elif isinstance(node, (ast.Subscript, ast.Call)) and (read := _read(node)):
            keys[read[0]].add(read[1])
            if _stores(node):
                stored[read[0]].add(read[1])
            elif not _has_default(node) and id(node) not in attempted:
                wanted[read[0]].add(read[1])
        elif looked_for := _looked_for(node):
            # What may not be there, by the file's own words.
            stored[looked_for[0]].add(looked_for[1])
    own = {name: frozenset(read - wanted[name] | stored[name]) for name, read in keys.items()}
    return FileSyntax(functions, {name: frozenset(read) for name, read in keys.items()}, own)


def _stores(node: ast.Subscript | ast.Call) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store)
    return isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault"


def _has_default(node: ast.Subscript | ast.Call) -> bool:
    """Whether it gives something where the key is not there: get does, and pop with a second argument."""
    if isinstance(node, ast.Subscript):
        return False
    return len(node.args) > 1 or (isinstance(node.func, ast.Attribute) and node.func.attr == "get")


def _looked_for(node: ast.AST) -> tuple[str, str] | None:
    """The dictionary and the key of `"key" in name` and `"key" not in name`."""
    match node:
        case ast.Compare(ast.Constant(value=str(key)), [ast.In() | ast.NotIn()], [ast.Name(id=name)]):
            return name, key
    return None


def _does_without(node: ast.AST) -> bool:
    """Whether it is a `try` that goes on where a key is not there."""
    caught = [handler.type for handler in node.handlers] if isinstance(node, ast.Try) else []
    names = {name.id for kind in caught if kind is not None for name in ast.walk(kind) if isinstance(name, ast.Name)}
    return None in caught or bool(names & {"KeyError", "LookupError", "Exception"})


def _body(attempt: ast.AST) -> Iterator[ast.AST]:
    for statement in attempt.body if isinstance(attempt, ast.Try) else ():
        yield from ast.walk(statement)


def _read(node: ast.Subscript | ast.Call) -> tuple[str, str] | None:
    """The dictionary and the key of `name["key"]` and `name.get("key", …)`."""
    if isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    elif isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "setdefault", "pop"} and node.args:
        holder, key = node.func.value, node.args[0]
    else:
        return None
    if isinstance(holder, ast.Name) and isinstance(key, ast.Constant) and isinstance(key.value, str):
        return holder.id, key.value
    return None

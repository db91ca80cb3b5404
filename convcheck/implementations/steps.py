"""Whether code takes one step of a sequence or all of them, seen in its text."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from convcheck.implementations.source_text import every_node, handed_on
from convcheck.layers.words import normal

# What keeps the steps of an array apart, in whatever order: `x.transpose(1, 0, 2)`, `np.swapaxes(x, 0, 1)`, `x.dot(W)`.
_STEPS_KEPT = frozenset(
    ["transpose", "swapaxes", "moveaxis", "dot", "matmul", "einsum", "tensordot", "asarray", "copy"]
)
_SHAPE = re.compile(r"[(\[]\s*(\w+)\s*,\s*(\w+)\s*,\s*(\w+)\s*[)\]]")
_STEPS = re.compile(r"(?i)t|n?_?time_?(steps?|size)?|seq\w*|(n_?)?steps|max_?len|length")


def goes_over_steps(function: Callable[..., Any], x: str, others: Collection[str]) -> bool:
    """Whether it, or what it hands `x` on to, takes three axes of `x` apart, or goes over its steps: `x[:, t]`, `for xt
    in x.transpose(1, 0, 2)`.

    A loop that takes entries of one of `others` as well, in normal form, goes over examples or features.
    """
    return any(_goes_over(node, name, others) for node, name in handed_on(function, x))


def says_steps(documented: Any) -> bool:
    """Whether its docstring gives a shape with an axis of steps: (N, T, D)."""
    text = getattr(documented, "__doc__", None)
    shapes = _SHAPE.findall(text) if isinstance(text, str) else []
    return any(_STEPS.fullmatch(letter) for shape in shapes for letter in shape)


def _goes_over(function: ast.FunctionDef, x: str, others: Collection[str]) -> bool:
    nodes = every_node(function)
    called = {x}
    for node in nodes:
        called |= {_name(target) for target, value in _assigned(node) if not called.isdisjoint(_kept(value))}
    if any(_takes_three_axes(node, called) for node in nodes):
        return True
    loops = (_taken(node, nodes) for node in nodes if isinstance(node, (ast.For, ast.While, ast.comprehension)))
    return any(taken & called and {*map(normal, taken)}.isdisjoint(others) for taken in loops)


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is stored under a name: `self.x, N = x, len(x)` are two."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        elif _name(target):
            yield target, node.value


def _kept(node: ast.expr) -> Iterator[str]:
    """The names of the arrays whose steps are still apart in it."""
    if isinstance(node, ast.BinOp):
        # The bias, not what comes of the state.
        if isinstance(node.op, ast.MatMult) or (isinstance(node.op, ast.Add) and _name(node.right)):
            yield from _kept(node.left)
    elif isinstance(node, ast.Call) and _name(node.func) in _STEPS_KEPT:
        for part in (*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])):
            yield from _kept(part)
    else:
        yield _name(node)


def _takes_three_axes(node: ast.AST, called: Collection[str]) -> bool:
    """`N, T, D = x.shape`, `x.shape[2]`."""
    if isinstance(node, ast.Subscript):
        last = isinstance(node.slice, ast.Constant) and node.slice.value == 2
        return last and _shaped(node.value) in called
    if not isinstance(node, ast.Assign) or _shaped(node.value) not in called:
        return False
    return any(isinstance(target, (ast.Tuple, ast.List)) and len(target.elts) == 3 for target in node.targets)


def _shaped(node: ast.expr) -> str:
    """Whose shape it is: x of `x.shape`, `self.x.shape`, `np.shape(x)` and `x.size()`; "" where it is none."""
    if isinstance(node, ast.Call) and _name(node.func) in {"shape", "size"}:
        return next(map(_name, node.args), "") or _shaped_by(node.func)
    return _shaped_by(node)


def _shaped_by(node: ast.expr) -> str:
    return _name(node.value) if isinstance(node, ast.Attribute) and node.attr in {"shape", "size"} else ""


def _taken(loop: ast.For | ast.While | ast.comprehension, nodes: Sequence[ast.AST]) -> set[str]:
    """The arrays that a loop goes over, or takes an entry of at its own index."""
    counted = loop.test if isinstance(loop, ast.While) else loop.target
    own = {node.id for node in ast.walk(counted) if isinstance(node, ast.Name)}
    over = () if isinstance(loop, ast.While) else _gone_over(loop.iter)
    return {*over} | {
        _name(node.value) for node in nodes if isinstance(node, ast.Subscript) and own & {*_indices(node.slice)}
    }


def _gone_over(node: ast.expr) -> Iterator[str]:
    """x of `enumerate(x)` and of `zip(x, y)`, and not of `range(len(x))`."""
    if isinstance(node, ast.Call) and _name(node.func) in {"enumerate", "zip", "reversed", "list", "iter"}:
        for part in node.args:
            yield from _gone_over(part)
    else:
        yield from _kept(node)


def _indices(node: ast.expr) -> Iterator[str]:
    """The names that are an index by themselves: t of `x[:, t]` and of `x[t]`."""
    for part in node.elts if isinstance(node, ast.Tuple) else [node]:
        if isinstance(part, ast.Name):
            yield part.id


def _name(node: ast.AST) -> str:
    """x of `x` and of `self.x`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""

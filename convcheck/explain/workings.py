"""An entry of a smooth layer, as the layer's own readable code works it out: each quantity by its name and its value.

`layers/<name>/readable.py` has one function for each tensor, as people write it. It is run on the data of the check,
and what its lines have assigned is read off when it returns.
"""

import ast
import copy
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, NamedTuple, cast

import numpy as np

from convcheck.explain.subject import Explained
from convcheck.layers.catalogue import LAYERS, mistakes_of
from convcheck.layers.layer import copied_params

# What a function hands on without changing a number.
WRAPPERS = ("asarray", "reshape", "copy")


class Step(NamedTuple):
    """One quantity: its name, the code that makes it, and its own entry at an index, which the other broadcasts to."""

    name: str
    code: str
    at: tuple[int, ...]
    value: float


class Workings(NamedTuple):
    """The steps to an entry, and the parts that are added up to it at the end: each in code, and its value."""

    steps: tuple[Step, ...]
    parts: tuple[tuple[str, float], ...] = ()


def workings(explained: Explained, tensor: str, index: tuple[int, ...]) -> Workings | None:
    """How the layer's readable code comes to an entry of a tensor; None where it has none of it, or none in arrays."""
    layer = explained.layer
    # Layers one after the other have readable code each, and none together; nor has one without an input of its own.
    whole = not layer.parts and layer.input_names == LAYERS[layer.name].input_names
    functions = mistakes_of(layer.name).right(tensor) if whole else ()
    if not functions:
        return None
    function = functions[0]
    names, lines, returned = _run(function, explained)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    ast.increment_lineno(tree, function.__code__.co_firstlineno - 1)
    assert isinstance(tree, ast.FunctionDef)
    if any(isinstance(node, (ast.For, ast.While)) for node in ast.walk(tree)) or returned.shape is None:
        return None
    arguments = {argument.arg for argument in tree.args.args}
    values = {name: value for name, value in names.items() if name not in arguments}
    known = {**function.__globals__, **names}
    constants = {
        name: value
        for name, value in function.__globals__.items()
        if name.isupper() and isinstance(value, (int, float, tuple))
    }
    run = sorted((node for node in ast.walk(tree) if getattr(node, "lineno", 0) in lines), key=_place)
    readable = _Readable(constants, known)
    steps = tuple(_steps(run, values, readable, known, returned, index))
    parts = tuple((_code(readable, node), number) for node, number in _parts(tree, known, returned, index))
    # Sizes and settings alone lead to no entry.
    return Workings(steps, parts) if any(step.at for step in steps) or (steps and not index) else None


def _run(function: Callable[..., Any], explained: Explained) -> tuple[Mapping[str, Any], set[int], Any]:
    """What the names of a function stood for when it returned, the lines that were run, and what it returned."""
    subject = explained.right.subject
    given: list[Any] = [values.astype(np.float64) for values in subject.data.inputs]
    given += [copied_params(dict(subject.params))] if subject.params or _takes_params(function, len(given)) else []
    upstream = [subject.data.dout.astype(np.float64)] if function.__code__.co_varnames[:1] == ("dout",) else []
    kept: dict[str, Any] = {}
    lines: set[int] = set()

    def watch(frame: FrameType, event: str, value: Any) -> Any:
        if frame.f_code is not function.__code__:
            return None
        lines.add(frame.f_lineno)
        if event == "return":
            kept.update(frame.f_locals)
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        with np.errstate(all="ignore"):
            returned = np.asarray(function(*upstream, *given), np.float64)
    finally:
        sys.settrace(before)
    return kept, lines, returned


def _takes_params(function: Callable[..., Any], inputs: int) -> bool:
    code = function.__code__
    return code.co_argcount > inputs + (code.co_varnames[:1] == ("dout",))


def _steps(
    run: Sequence[ast.AST],
    values: Mapping[str, Any],
    readable: "_Readable",
    known: Mapping[str, Any],
    returned: Any,
    index: tuple[int, ...],
) -> Iterator[Step]:
    """The assignments on the lines that were run, in their order; of names that stand for one thing all along.

    Of an array the entry is shown that goes into the one at the index, where there is one: arrays of the same shape may
    have other things along their axes.
    """
    beside = _beside(run, known)
    # The tensor itself is shown below.
    bare = (_bare(node.value) for node in run if isinstance(node, ast.Return) and node.value is not None)
    handed_on = {node.id for node in bare if isinstance(node, ast.Name)}
    stored = [
        name.id
        for node in run
        if isinstance(node, (ast.Name, ast.Subscript)) and isinstance(node.ctx, ast.Store)
        if isinstance(name := node.value if isinstance(node, ast.Subscript) else node, ast.Name)
    ]
    for node in run:
        if not isinstance(node, ast.Assign):
            continue
        for one, value in _assigned(node):
            if not isinstance(one, ast.Name) or stored.count(one.id) != 1 or one.id not in values.keys() - handed_on:
                continue
            own = index_beside(values[one.id], returned.shape, index)
            if own is not None and (one.id in beside or not own):
                code = _code(readable, value)
                yield Step(one.id, code, own, float(np.asarray(values[one.id])[own]))


def _beside(run: Sequence[ast.AST], known: Mapping[str, Any]) -> set[str]:
    """The names that are put beside what is returned, entry by entry: there and in what is so put in their turn."""
    made: dict[str, list[ast.expr]] = {}
    waiting: list[ast.expr] = []
    for node in run:
        if isinstance(node, ast.Assign):
            for one, value in _assigned(node):
                if isinstance(one, ast.Name):
                    made.setdefault(one.id, []).append(value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            made.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.Return) and node.value is not None:
            waiting.append(node.value)
    found: set[str] = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Name):
            waiting += _operands(node, known)
        elif node.id not in found:
            found.add(node.id)
            waiting += made.get(node.id, [])
    return found


def _operands(node: ast.expr, known: Mapping[str, Any]) -> Sequence[ast.expr]:
    """What stands beside each other, entry by entry, in an expression; nothing where that is not known."""
    operands: Sequence[ast.expr] = ()
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
        operands = node.left, node.right
    elif isinstance(node, ast.UnaryOp):
        operands = (node.operand,)
    elif isinstance(node, ast.IfExp):
        operands = (node.body if _value(node.test, known) else node.orelse,)
    elif isinstance(node, ast.Call):
        function = _value(node.func, known)
        if function is np.where or (isinstance(function, np.ufunc) and function.signature is None):
            operands = node.args
        elif (first := _first(node)) is not None and _is_same(_value(first, known), _value(node, known)):
            operands = (first,)
    return operands


def _is_same(one: Any, other: Any) -> bool:
    """Whether both are an array, with the same numbers in the same places."""
    both = np.shape(one) == np.shape(other) and np.asarray(one).dtype.kind == np.asarray(other).dtype.kind == "f"
    return both and np.array_equal(one, other, equal_nan=True)


def _first(node: ast.Call) -> ast.expr | None:
    """What a function is called with first, or what a method is one of."""
    if isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id == "np"
    ):
        return node.func.value
    return node.args[0] if node.args else None


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """What an expression comes to; None where it raises."""
    try:
        return eval(compile(ast.Expression(node), "<part>", "eval"), dict(known))
    except Exception:
        return None


def _is_helper(node: ast.AST, known: Mapping[str, Any]) -> bool:
    """Whether it is a call of a function that stands in the file of the layer alone."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and inspect.isfunction(known.get(called.id))


def _code(readable: "_Readable", node: ast.expr) -> str:
    """An expression as it is shown; empty where it calls a helper that nobody knows."""
    shown = readable.visit(copy.deepcopy(node))
    return "" if any(_is_helper(one, readable.known) for one in ast.walk(shown)) else ast.unparse(shown)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each name with what it is made of; several of one tuple each with their own."""
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


class _Readable(ast.NodeTransformer):
    """Puts the constants of a module in the places of their names, and what a helper rearranges in that of its call."""

    def __init__(self, constants: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        self._constants, self.known = constants, known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """The number, or the name as it was."""
        return ast.Constant(self._constants[node.id]) if node.id in self._constants else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """What it is called with, where the numbers are the same after it, in whatever shape."""
        if _is_helper(node, self.known) and node.args:
            before, after = (np.ravel(_value(one, self.known)) for one in (node.args[0], node))
            if _is_same(before, after):
                return cast(ast.AST, self.visit(node.args[0]))
        return self.generic_visit(node)


def index_beside(value: Any, shape: tuple[int, ...], index: tuple[int, ...]) -> tuple[int, ...] | None:
    """The index of what NumPy puts beside an entry at `index` of an array of `shape`; None where there is no one."""
    if isinstance(value, (bool, str, dict)) or value is None:
        return None
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or array.ndim > len(shape):
        return None
    if any(n not in (1, whole) for n, whole in zip(array.shape, shape[len(shape) - array.ndim :], strict=True)):
        return None
    return tuple(0 if n == 1 else i for n, i in zip(array.shape, index[len(index) - array.ndim :], strict=True))


def _parts(
    tree: ast.FunctionDef, names: Mapping[str, Any], returned: Any, index: tuple[int, ...]
) -> Iterator[tuple[ast.expr, float]]:
    """What is added up in what is returned last, each part with all that it is multiplied with or divided by."""
    last = tree.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return
    found = [*_summands(_bare(last.value), names)]
    if len(found) < 2:
        return
    numbers = []
    for node in found:
        value = _value(node, names)
        own = index_beside(value, returned.shape, index)
        if own is None:
            return
        numbers.append(float(np.asarray(value)[own]))
    # What is added up is what is returned, or it is not shown.
    if abs(sum(numbers) - returned[index]) <= 1e-9 * sum(map(abs, numbers)):
        yield from zip(found, numbers, strict=True)


def _bare(node: ast.expr) -> ast.expr:
    """Without what hands on the same numbers."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRAPPERS:
        of_numpy = isinstance(node.func.value, ast.Name) and node.func.value.id == "np"
        node = node.args[0] if of_numpy else node.func.value
    return node


def _summands(node: ast.expr, names: Mapping[str, Any]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield from _summands(node.left, names)
        for one in _summands(node.right, names):
            yield ast.fix_missing_locations(ast.UnaryOp(ast.USub(), one)) if isinstance(node.op, ast.Sub) else one
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Mult)):
        for one in _summands(node.left, names):
            yield ast.copy_location(ast.BinOp(one, node.op, node.right), node)
    else:
        yield node

"""A file of code, with one small mistake planted in it at a time: each is a mutant.

No library plants these. Those that are kept bring a runner of their own, of test suites in a project's folder: mutmut 3
has no way to ask for the mutants of one text and installs a terminal interface, cosmic-ray can be asked for them and
installs SQLAlchemy, aiohttp and GitPython, and mutatest has not been kept since Python 3.8. And their operators are
those of any program: none moves an axis, a bound of a slice or a transpose, writes `=` for `+=`, leaves out a factor,
or takes a stride for a padding, which is what goes wrong in a layer. The tree of `ast` is enough for that.

Of a statement that is changed the text of one expression is written anew, on the same lines: all others keep their
numbers, in tracebacks as well.
"""

import ast
import copy
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType
from typing import Any, NamedTuple


class Mutant(NamedTuple):
    """A text with one mistake planted in it.

    `kind` is which kind of mistake, `line` and `end_line` those of the statement that it is in, or of the head of one
    that holds others; `before` and `after` are the statement, in one line each.
    """

    kind: str
    line: int
    end_line: int
    before: str
    after: str
    text: str


# A kind of mistake, and what stands in the place of a node.
Change = tuple[str, ast.AST]

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
# Operators whose operands make a difference when they change places, whatever the numbers are.
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)
# Functions and methods that are taken for each other.
TAKEN_FOR = {
    "max": "min",
    "argmax": "argmin",
    "maximum": "minimum",
    "sum": "mean",
    "var": "std",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "floor": "ceil",
    "any": "all",
    "sin": "cos",
    "sinh": "cosh",
}
TAKEN_FOR |= {other: name for name, other in TAKEN_FOR.items()}
# Words that are taken for each other where both are there: `stride` and `pad`, but also `dgamma` and `dbeta`.
CONFUSED = (
    ("stride", "pad"),
    ("strides", "padding"),
    ("gamma", "beta"),
    ("mean", "var"),
    ("mu", "var"),
    ("H", "W"),
    ("h", "w"),
    ("height", "width"),
    ("row", "col"),
    ("rows", "cols"),
    ("i", "j"),
    ("N", "C"),
    ("n", "c"),
    ("C", "F"),
    ("q", "k"),
    ("k", "v"),
    ("next", "prev"),
    ("start", "end"),
    ("in", "out"),
    ("train", "test"),
)
# Functions and methods that take the order of axes.
ORDER_AXES = ("transpose", "swapaxes", "moveaxis", "permute", "rollaxis")
# Functions of Python's own without which there is a value all the same.
LEFT_OUT = ("reversed", "float", "abs", "round", "list", "tuple")
# Modules whose functions take what a method has as its object.
LIBRARIES = ("np", "numpy", "torch", "F", "math", "jnp")
# Statements that decide no gradient.
OF_NO_CONSEQUENCE = ("print", "warn", "warnings", "logging")


def mutants_of(text: str, reached: Callable[[int], bool] = lambda line: True) -> list[Mutant]:
    """The mutants of the functions in a file of this text, in the order of their lines.

    `reached` says of a line whether it is ever run: of a function none of whose lines is, there are none. What does
    not compile, and what compiles to the same as the file or as another mutant, is left out. Raises SyntaxError where
    the text is no Python.
    """
    tree = ast.parse(text)
    places = _Text(text)
    found: list[Mutant] = []
    for top in tree.body:
        first = min([top.lineno, *(one.lineno for one in getattr(top, "decorator_list", ()))]) - 1
        seen = {_substance(places.lines(text, first, top.end_lineno))}
        for function in _functions(top):
            if not any(reached(node.lineno) for each in function.body for node in _statements_in(each)):
                continue
            for mutant in _mutants_in(function, places):
                substance = _substance(places.lines(mutant.text, first, top.end_lineno))
                if substance is not None and substance not in seen:
                    seen.add(substance)
                    found.append(mutant)
    return found


class _Text:
    """The text of a file, in which the place of a node is written anew."""

    def __init__(self, text: str) -> None:
        self._raw = text.encode()
        starts = [0]
        for line in self._raw.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts

    @staticmethod
    def lines(text: str, first: int, end: int | None) -> str:
        """Those from `first` on, counted from 0, and before `end`."""
        return b"".join(text.encode().splitlines(keepends=True)[first:end]).decode()

    def with_new(self, node: Any, written: str, *, whole: bool) -> str:
        """The file with `written` for the node; `whole`: it is a statement, and no part of one."""
        first = self._starts[node.lineno - 1] + node.col_offset
        last = self._starts[node.end_lineno - 1] + node.end_col_offset
        lost = "\n" * (self._raw.count(b"\n", first, last) - written.count("\n"))
        new = written + lost if whole or not lost else f"({written}{lost})"
        return (self._raw[:first] + new.encode() + self._raw[last:]).decode()


def _substance(text: str) -> object:
    """What a text compiles to, whatever its places are; None where it does not."""
    try:
        code = compile(text, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return _of_code(code)


def _of_code(code: CodeType) -> object:
    constants = tuple(_of_code(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts)
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return code.co_name, code.co_code, constants, names, code.co_argcount, code.co_exceptiontable


def _functions(top: ast.stmt) -> Iterator[ast.FunctionDef]:
    """The functions that a statement of a module defines, and the methods of its classes; not those within them."""
    if isinstance(top, ast.FunctionDef) and not top.name.startswith("test_"):
        yield top
    elif isinstance(top, ast.ClassDef):
        for member in top.body:
            yield from _functions(member)


def _statements_in(statement: ast.stmt) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(statement) if isinstance(node, ast.stmt))


def _mutants_in(function: ast.FunctionDef, places: _Text) -> Iterator[Mutant]:
    words = _words(function)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    for each in body:
        for statement in _statements_in(each):
            yield from _of_statement(statement, places, words)


def _of_statement(statement: ast.stmt, places: _Text, words: set[str]) -> Iterator[Mutant]:
    if _is_of_no_consequence(statement):
        return
    head = _head(statement)
    before = _written(head)
    end = max((node.end_lineno for node in _roots(statement)), default=statement.lineno)
    line, end = statement.lineno, max(statement.lineno, end)
    for kind, other in _other_statements(statement):
        after = ast.unparse(ast.fix_missing_locations(other))
        yield Mutant(kind, line, end, before, after, places.with_new(statement, after, whole=True))
    for root in _roots(statement):
        for node, role in _nodes(root):
            for kind, new in _changes(node, role, words):
                changed = _with(root, node, new)
                text = places.with_new(root, _written(changed), whole=False)
                yield Mutant(kind, line, end, before, _written(_with(head, root, changed)), text)


def _written(node: ast.AST) -> str:
    """In one line."""
    return ast.unparse(ast.fix_missing_locations(node)).strip().removesuffix(":").replace("\n", " ")


def _is_of_no_consequence(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, (ast.Raise, ast.Assert))
    called = statement.value
    while isinstance(called, (ast.Call, ast.Attribute)):
        called = called.func if isinstance(called, ast.Call) else called.value
    return isinstance(called, ast.Constant) or (isinstance(called, ast.Name) and called.id in OF_NO_CONSEQUENCE)


def _head(statement: ast.stmt) -> ast.stmt:
    """The statement without those that it holds."""
    head = copy.copy(statement)
    for field in ("body", "orelse", "finalbody", "handlers", "decorator_list"):
        if hasattr(head, field):
            setattr(head, field, [])
    return head


def _roots(statement: ast.stmt) -> list[Any]:
    """The expressions of a statement, without those of the statements that it holds.

    What a parameter is unless it is given is for the author to choose, and no mistake.
    """
    fields: dict[type[ast.stmt], tuple[str, ...]] = {
        ast.Assign: ("targets", "value"),
        ast.AugAssign: ("target", "value"),
        ast.AnnAssign: ("value",),
        ast.Return: ("value",),
        ast.Expr: ("value",),
        ast.For: ("target", "iter"),
        ast.While: ("test",),
        ast.If: ("test",),
    }
    roots: list[Any] = []
    for field in fields.get(type(statement), ()):
        value = getattr(statement, field)
        roots += value if isinstance(value, list) else [value] if value is not None else []
    return roots


def _nodes(root: ast.AST, role: str = "") -> Iterator[tuple[ast.AST, str]]:
    """The nodes of an expression, each with the role that it has in the one around it: what to call a change of it."""
    yield root, role
    if isinstance(root, ast.JoinedStr):
        return
    for field, value in ast.iter_fields(root):
        own = role
        if isinstance(root, ast.Subscript) and field == "slice":
            own = "index"
        elif isinstance(root, ast.keyword):
            own = {"axis": "axis", "dim": "axis", "axes": "axes"}.get(root.arg or "", "argument")
        elif isinstance(root, ast.Call) and isinstance(root.func, ast.Attribute) and field == "args":
            own = "axes" if root.func.attr in ORDER_AXES else role
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _nodes(child, own)


def _with(tree: Any, old: ast.AST, new: ast.AST) -> Any:
    """A copy of the tree with `new` in the place of `old`."""
    if tree is old:
        return new
    copied = copy.copy(tree)
    for field, value in ast.iter_fields(tree):
        if isinstance(value, ast.AST):
            setattr(copied, field, _with(value, old, new))
        elif isinstance(value, list):
            setattr(copied, field, [_with(one, old, new) if isinstance(one, ast.AST) else one for one in value])
    return copied


def _other_statements(statement: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """What may stand in the place of a whole statement."""
    can_do_without = isinstance(statement, (ast.AugAssign, ast.Break, ast.Continue))
    if isinstance(statement, ast.AugAssign):
        target, value = statement.target, statement.value
        yield "= for +=", ast.Assign([target], value)
        for other in OPERATORS.get(type(statement.op), ()):
            yield "operator", ast.AugAssign(target, other(), value)
    elif isinstance(statement, ast.Expr):
        can_do_without = isinstance(statement.value, ast.Call)
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        stored = statement.targets[0]
        # Of x = x - x.max() there is an x without it.
        can_do_without = isinstance(stored, (ast.Subscript, ast.Attribute)) or ast.unparse(stored) in {
            ast.unparse(node) for node in ast.walk(statement.value) if isinstance(node, ast.Name)
        }
        if isinstance(stored, ast.Subscript) and not isinstance(stored.slice, ast.Constant):
            yield "+= for =", ast.AugAssign(stored, ast.Add(), statement.value)
    if can_do_without:
        yield "statement left out", ast.Pass()


def _changes(node: ast.AST, role: str, words: set[str]) -> Iterator[Change]:
    """What may stand in the place of a node of an expression."""
    changed = CHANGED.get(type(node))
    return iter(()) if changed is None else changed(node, role, words)


def _of_sign(node: ast.UnaryOp, role: str, words: set[str]) -> Iterator[Change]:
    if not isinstance(node.operand, ast.Constant):
        yield "sign" if isinstance(node.op, ast.USub) else "condition", node.operand


def _of_comparison(node: ast.Compare, role: str, words: set[str]) -> Iterator[Change]:
    for number, op in enumerate(node.ops):
        for other in COMPARISONS.get(type(op), ()):
            yield "comparison", ast.Compare(node.left, _put(node.ops, number, other()), node.comparators)


def _of_condition(node: ast.BoolOp, role: str, words: set[str]) -> Iterator[Change]:
    yield "condition", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _of_choice(node: ast.IfExp, role: str, words: set[str]) -> Iterator[Change]:
    yield "condition", ast.IfExp(node.test, node.orelse, node.body)


def _of_attribute(node: ast.Attribute, role: str, words: set[str]) -> Iterator[Change]:
    if node.attr == "T":
        yield "call left out", node.value
    if isinstance(node.ctx, ast.Load):
        yield from (("names", ast.Attribute(node.value, other, node.ctx)) for other in _confused(node.attr, words))


def _of_name(node: ast.Name, role: str, words: set[str]) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load):
        yield from (("names", ast.Name(other, node.ctx)) for other in _confused(node.id, words))


def _put(parts: list[Any], number: int, *others: Any) -> list[Any]:
    """A copy of the list with the others in the place of as many, from this number on."""
    return [*parts[:number], *others, *parts[number + len(others) :]]


def _swapped(parts: list[Any]) -> Iterator[list[Any]]:
    """The list with two neighbours that differ in each other's place, for any two."""
    for left, (one, other) in enumerate(itertools.pairwise(parts)):
        if ast.dump(one) != ast.dump(other):
            yield _put(parts, left, other, one)


def _of_operation(node: ast.BinOp, role: str, words: set[str]) -> Iterator[Change]:
    for other in OPERATORS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, ast.FloorDiv):
        # Rounded up.
        yield "rounding", ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), node.left), node.op, node.right))
    if isinstance(node.op, ORDERED) and not isinstance(node.right, ast.Constant):
        yield "operands swapped", ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.op, ast.MatMult) or isinstance(node.left, ast.JoinedStr):
        return
    kind = "term left out" if isinstance(node.op, (ast.Add, ast.Sub)) else "factor left out"
    yield kind, node.left
    if isinstance(node.op, (ast.Add, ast.Mult)):
        yield kind, node.right
    elif isinstance(node.op, ast.Sub):
        yield kind, ast.UnaryOp(ast.USub(), node.right)


def _of_constant(node: ast.Constant, role: str, words: set[str]) -> Iterator[Change]:
    value = node.value
    others: Sequence[Any] = ()
    if isinstance(value, bool):
        others = (not value,)
    elif isinstance(value, int):
        others = {0: (1, -1), 1: (0, 2)}.get(value, (value - 1, value + 1))
    elif isinstance(value, float):
        others = (1.0,) if value == 0 else (2 * value, 0.0) if value == 1 else (2 * value,)
    elif isinstance(value, str):
        role, others = "names", _confused(value, words)
    for other in others:
        yield role or "constant", ast.Constant(other)


def _of_tuple(node: ast.Tuple | ast.List, role: str, words: set[str]) -> Iterator[Change]:
    if any(isinstance(part, ast.Starred) for part in node.elts):
        return
    # A sum over axes 0 and 1 is one over 1 and 0.
    for swapped in _swapped(node.elts) if role != "axis" else ():
        yield role or "order", type(node)(swapped, node.ctx)
    if role == "axis" and len(node.elts) > 1:
        for left in range(len(node.elts)):
            yield role, type(node)([*node.elts[:left], *node.elts[left + 1 :]], node.ctx)


def _of_slice(node: ast.Slice, role: str, words: set[str]) -> Iterator[Change]:
    lower, upper, step = node.lower, node.upper, node.step
    if lower is not None:
        yield "bound of a slice", ast.Slice(None, upper, step)
        if not isinstance(lower, ast.Constant):
            yield "bound of a slice", ast.Slice(ast.BinOp(lower, ast.Add(), ast.Constant(1)), upper, step)
    if upper is not None:
        yield "bound of a slice", ast.Slice(lower, None, step)
        if not isinstance(upper, ast.Constant):
            yield "bound of a slice", ast.Slice(lower, ast.BinOp(upper, ast.Sub(), ast.Constant(1)), step)
    if step is not None:
        yield "bound of a slice", ast.Slice(lower, upper, None)


def _of_call(node: ast.Call, role: str, words: set[str]) -> Iterator[Change]:
    function, given, keywords = node.func, node.args, node.keywords
    if not any(isinstance(one, ast.Starred) for one in given):
        for swapped in _swapped(given):
            yield "arguments swapped", ast.Call(function, swapped, keywords)
    for left, keyword in enumerate(keywords):
        if keyword.arg is not None:
            yield "argument left out", ast.Call(function, given, [*keywords[:left], *keywords[left + 1 :]])
    if isinstance(function, ast.Name):
        yield from _of_call_by_name(function.id, node)
    elif isinstance(function, ast.Attribute):
        yield from _of_method(function, node)


def _of_call_by_name(name: str, node: ast.Call) -> Iterator[Change]:
    if name in TAKEN_FOR:
        yield "function", ast.Call(ast.Name(TAKEN_FOR[name], ast.Load()), node.args, node.keywords)
    if name == "range" and len(node.args) == 1:
        yield "loop", ast.Call(node.func, [ast.BinOp(node.args[0], ast.Sub(), ast.Constant(1))], [])
        yield "loop", ast.Call(node.func, [ast.Constant(1), node.args[0]], [])
    elif name in LEFT_OUT and node.args:
        yield "call left out", node.args[0]


def _of_method(function: ast.Attribute, node: ast.Call) -> Iterator[Change]:
    given = node.args
    if function.attr in TAKEN_FOR:
        other = ast.Attribute(function.value, TAKEN_FOR[function.attr], ast.Load())
        yield "function", ast.Call(other, given, node.keywords)
    of_library = isinstance(function.value, ast.Name) and function.value.id in LIBRARIES
    if not of_library and not _is_call_of_super(function.value):
        yield "call left out", function.value
    elif of_library and given and not isinstance(given[0], (ast.Tuple, ast.Constant, ast.Starred)):
        yield "call left out", given[0]
    if of_library and function.attr in ("maximum", "minimum", "where") and len(given) > 1:
        yield "call left out", given[1]


def _is_call_of_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _words(function: ast.FunctionDef) -> set[str]:
    """The names of a function, and the texts that may be keys."""
    words: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.arg):
            words.add(node.arg)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            words.add(node.value)
    return words


def _confused(word: str, words: Sequence[str] | set[str]) -> list[str]:
    """The words that are there and that this one is taken for: dH for dW, stride_h for stride_w."""
    parts = re.findall(r"[a-z]+|[A-Z]+|\d+|_", word)
    found: dict[str, None] = {}
    for one, other in (*CONFUSED, *((b, a) for a, b in CONFUSED)):
        for number, part in enumerate(parts):
            stem = part.removeprefix("d") if len(part) > 1 else part
            if stem == one:
                new = part[: len(part) - len(stem)] + other
                found["".join([*parts[:number], new, *parts[number + 1 :]])] = None
    return [other for other in found if other in words and other != word]


CHANGED: Mapping[type[ast.AST], Callable[[Any, str, set[str]], Iterator[Change]]] = {
    ast.BinOp: _of_operation,
    ast.UnaryOp: _of_sign,
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_condition,
    ast.IfExp: _of_choice,
    ast.Constant: _of_constant,
    ast.Tuple: _of_tuple,
    ast.List: _of_tuple,
    ast.Slice: _of_slice,
    ast.Call: _of_call,
    ast.Attribute: _of_attribute,
    ast.Name: _of_name,
}

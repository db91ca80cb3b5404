"""What `-k` takes beside an id: `stride and not pool`, parts of ids with `and`, `or`, `not` and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

OPERATORS = ("and", "or", "not")
EXPECTED = "expected parts of ids with `and` or `or` between them, and `not` and ( ) around them"

# A bracket belongs to the expression where it does not stand within a word.
_TOKEN = re.compile(r"(?<!\S)\(+|[^\s()]+(?:\([^\s()]*\)[^\s()]*)*|[()]")


def has_operators(text: str) -> bool:
    """Whether the text is meant as an expression."""
    return any(word.lower() in OPERATORS for word in text.replace("(", " ").replace(")", " ").split())


def matcher(text: str) -> Callable[[str], bool]:
    """What says of an id whether the expression holds for it: each part is looked for, in capitals or not.

    `not` binds closest, then `and`, then `or`. Raises ValueError where the text does not go together.
    """
    import ast

    parts: dict[str, str] = {}
    words = []
    for token in _TOKEN.findall(text):
        if token.lower() in OPERATORS or not token.strip("()"):
            words.append(token.lower())
        else:
            words.append(f"part_{len(parts)}")
            parts[words[-1]] = token.lower()
    try:
        tree = ast.parse(" ".join(words), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(EXPECTED) from None
    known = (ast.Name, ast.Load, ast.BoolOp, ast.boolop, ast.UnaryOp, ast.Not)
    if not all(isinstance(node, known) for node in ast.walk(tree)):
        raise ValueError(EXPECTED)
    return lambda check_id: _holds(tree, parts, check_id.lower())


def is_malformed(text: str) -> bool:
    """Whether the text is meant as an expression, and is none."""
    if not has_operators(text):
        return False
    try:
        matcher(text)
    except ValueError:
        return True
    return False


def _holds(node: object, parts: Mapping[str, str], check_id: str) -> bool:
    import ast

    match node:
        case ast.Name(id=name):
            return parts[name] in check_id
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(value, parts, check_id) for value in values)
        case ast.BoolOp(values=values):
            return any(_holds(value, parts, check_id) for value in values)
        case ast.UnaryOp(operand=operand):
            return not _holds(operand, parts, check_id)
    raise TypeError(f"no part of an expression: {node!r}")

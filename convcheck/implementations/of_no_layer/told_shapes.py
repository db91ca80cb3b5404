"""The shapes of what a function takes, as its annotations or its docstring tell them; nothing of it is run."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from convcheck.implementations.of_no_layer.passes import keywords_of
from convcheck.implementations.source import UNTOLD

# An axis of each letter has a length of its own, so that no two are taken for each other.
LENGTHS = (3, 4, 5, 2, 6, 7)
# x: Float[Array, "n d"], as jaxtyping has it: the axes in one text.
_ANNOTATED = re.compile(r"""\[[^\[\]]*,\s*["']([^"']*)["']\s*\]""")
# x: (N, D), or x (ndarray): shape (N, D).
_IN_WORDS = r"^[\s\-*]*`*{}`*\s*(?::|\(|-|–)[^\n]*?\(\s*((?:\w+\s*,\s*)*\w*)\s*,?\s*\)"
_AXIS = re.compile(
    r"^[A-Z]\w{0,3}$|^[a-z]\w?$|^(batch|seq|dim|features|channels|height|width|heads|hidden)$|^[1-9]\d{0,2}$"
)
_WHOLE = re.compile(r"\bint|label|index|indices|long", re.I)


def told_inputs(function: Callable[..., Any], documented: Sequence[Any]) -> tuple[str, ...]:
    """What `function` takes and has no default for, as --input has it; NAME=? of what nothing tells.

    `documented` are the things whose docstrings speak of it.
    """
    lengths: dict[str, int] = {}
    found = []
    for name in _needed(function):
        axes, text = _axes_of(name, function, documented)
        if axes is None:
            found.append(name + UNTOLD)
            continue
        sizes = [str(_length(axis, lengths)) for axis in axes]
        if _WHOLE.search(text):
            found.append(f"{name}={{shape: [{', '.join(sizes)}], dtype: int64, high: 2}}")
        else:
            found.append(f"{name}={','.join(sizes)}")
    return tuple(found)


def _needed(function: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return []
    names = [n for n in keywords_of(function) if parameters[n].default is inspect.Parameter.empty]
    return [name for name in names if name not in ("self", "ctx", "context")]


def _axes_of(name: str, function: Callable[..., Any], documented: Sequence[Any]) -> tuple[Sequence[str] | None, str]:
    """The letters of its axes, [] for one number, None where nothing tells them; and the text that does."""
    text = str(getattr(function, "__annotations__", {}).get(name, ""))
    if annotated := _ANNOTATED.search(text):
        axes = annotated[1].split()
        return (axes if all(map(_AXIS.match, axes)) else None), text
    for thing in documented:
        for line in (inspect.getdoc(thing) or "").splitlines():
            if said := re.search(_IN_WORDS.format(re.escape(name)), line):
                axes = [axis.strip() for axis in said[1].split(",") if axis.strip()]
                if all(map(_AXIS.match, axes)):
                    return axes, line
    return None, ""


def _length(axis: str, lengths: dict[str, int]) -> int:
    if axis.isdigit():
        return int(axis)
    return lengths.setdefault(axis, LENGTHS[len(lengths) % len(LENGTHS)])

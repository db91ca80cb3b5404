"""How a bug is planted: a line of the vectorised implementation (or of another) is replaced by a wrong one.

planted("dx-sign", "conv", SIZES, {"wrong": {"dx"}}, backward=[("return dx,", "return -dx,")])
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Variant

Edits = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Planted:
    """One bug, at sizes that can expose it, and what should be said of it.

    `expect` may have "wrong", the tensors whose verdict is wrong, all of them; "forward", the verdict on the output
    where the bug leaves open what is said of the gradients; "finding", the code of an error; "warning", the code of a
    warning that a check passes with.
    `manner` is what else the spec says: dtype, data.
    """

    name: str
    layer: str
    sizes: dict[str, Any]
    variant: Variant
    expect: dict[str, Any]
    manner: dict[str, Any]


def edited(function: Callable[..., Any], edits: Edits) -> Callable[..., Any]:
    """The function with each piece of its source replaced. Each must occur exactly once, so that no edit is void."""
    source = textwrap.dedent(inspect.getsource(function))
    for old, new in edits:
        if source.count(old) != 1:
            raise ValueError(f"{old!r} occurs {source.count(old)} times in {function.__name__}")
        source = source.replace(old, new)
    namespace = dict(function.__globals__)
    exec(compile(source, f"<{function.__name__}, edited>", "exec"), namespace)
    edited_function: Callable[..., Any] = namespace[function.__name__]
    return edited_function


def planted(
    name: str,
    layer: str,
    sizes: dict[str, Any],
    expect: dict[str, Any],
    *,
    of: str = "vectorized",
    forward: Edits = (),
    backward: Edits = (),
    **manner: Any,
) -> Planted:
    """The variant `of` the layer with lines of its passes replaced."""
    right = LAYERS[layer].variants[of]
    wrong = Variant(edited(right.forward, forward), edited(right.backward, backward), name)
    return Planted(name, layer, sizes, wrong, expect, manner)


def wrong(*tensors: str) -> dict[str, Any]:
    """Exactly these tensors are wrong."""
    return {"wrong": set(tensors)}


def found(code: str, *tensors: str) -> dict[str, Any]:
    """This finding, and exactly these tensors wrong."""
    return {"finding": code, "wrong": set(tensors)}


def found_at_least(code: str) -> dict[str, Any]:
    """This finding; what is wrong beside it follows from it, and is left open."""
    return {"finding": code}


def warned(code: str) -> dict[str, Any]:
    """A warning of this code and nothing wrong: the check passes."""
    return {"warning": code, "wrong": set()}

"""Reads `inputs:` and `settings:`: what code of no layer is handed. Arrays to draw, and values as they are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from convcheck.spec.fields import LARGEST_SIZE, LONGEST_SHAPE, LONGEST_TEXT, Field
from convcheck.spec.inputs import DTYPES, DrawnInput, Inputs, NamedValues
from convcheck.spec.mappings import Entries, entries
from convcheck.spec.nearest import nearest
from convcheck.spec.nodes import Mapping as MappingNode
from convcheck.spec.nodes import Node, Scalar, Sequence
from convcheck.spec.scalars import described, meaning
from convcheck.spec.showing import listed, quote
from convcheck.spec.spec_text import SpecText

SHAPE: Final = "shape"
VALUE: Final = "value"
# What an input may say of itself beside its shape and its value.
KEYS: Mapping[str, Field] = {
    "dtype": Field("choice", "its dtype; that of the check unless said otherwise", choices=DTYPES),
    "low": Field("number", "no entry is smaller"),
    "high": Field("number", "every entry is smaller"),
    "positive": Field("truth", "whether every entry is positive"),
    "distinct": Field("truth", "whether no two entries are near each other"),
    "differentiate": Field("truth", "whether there is a gradient of it"),
}
_SIZE = Field("integer", "entries along an axis", minimum=1, maximum=LARGEST_SIZE)
# What stands under `inputs` where a person knows no more than the name.
ADVICE = "write the sizes in a list, `x: [4, 5]` (`[]` for one number), or `y: {shape: [4], dtype: int64, high: 10}`"

# The value of a field that stands at a node; BAD, its error recorded, where it is none.
ValueOf = Callable[[str, Field, Node], Any]


def read_inputs(source: SpecText, key: str, node: Node, value_of: ValueOf, bad: Any) -> Any:
    """The `Inputs` that a mapping of names lists; `bad`, its errors recorded in `source`, where it does not."""
    if not isinstance(node, MappingNode) or not node.pairs:
        source.add(node, f"{key}: expected a mapping of names to shapes, received {described(node)}", ADVICE)
        return bad
    named = entries(source, node).items()
    found = [_input(source, f"{key}.{name}", name, one.value, value_of, bad) for name, one in named]
    return bad if bad in found else Inputs(found)


def _input(source: SpecText, key: str, name: str, node: Node, value_of: ValueOf, bad: Any) -> Any:
    if isinstance(node, Scalar) and meaning(node).kind == "null":
        return DrawnInput(name)
    if not isinstance(node, MappingNode):
        shape = _shape(source, key, node, value_of, bad)
        return bad if shape is bad else DrawnInput(name, shape)
    values = _told(source, key, entries(source, node), value_of, bad)
    return bad if bad in values.values() else DrawnInput(name, **values)


def _told(source: SpecText, key: str, given: Entries, value_of: ValueOf, bad: Any) -> dict[str, Any]:
    """What is said of an input, by the fields of `DrawnInput`; `bad` under a key that is not valid."""
    values: dict[str, Any] = {}
    for word, one in given.items():
        where = f"{key}.{word}"
        if word in KEYS:
            values[word] = value_of(where, KEYS[word], one.value)
        elif word == SHAPE:
            values[SHAPE] = _shape(source, where, one.value, value_of, bad)
        elif word == VALUE:
            values[VALUE] = _value(source, where, one.value, bad, numbers=True)
        else:
            near = nearest(word, (SHAPE, VALUE, *KEYS))
            hint = f"did you mean {near[0]}?" if near else f"it takes {listed((SHAPE, VALUE, *KEYS))}"
            source.add(one.key, f"unknown key {quote(word)} under {key}", hint)
            values[word] = bad
    if SHAPE in given and VALUE in given:
        source.add(given[SHAPE].key, f"{key}: a value has a shape of its own", "leave one of the two out")
        values[SHAPE] = bad
    elif VALUE in given and values[VALUE] is not bad:
        shape = _shape_of(values[VALUE])
        if shape is None:
            source.add(given[VALUE].value, f"{key}.{VALUE}: expected rows of one length", "write as many in each")
        values[SHAPE] = bad if shape is None else shape
    low, high = values.get("low"), values.get("high")
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and not low < high:
        source.add(given["high"].value, f"{key}.high: expected more than low = {low:g}, received {high:g}")
        values["high"] = bad
    return values


def _shape(source: SpecText, key: str, node: Node, value_of: ValueOf, bad: Any) -> Any:
    if not isinstance(node, Sequence):
        source.add(node, f"{key}: expected a list of sizes, received {described(node)}", ADVICE)
        return bad
    if len(node.items) > LONGEST_SHAPE:
        source.add(node, f"{key}: expected at most {LONGEST_SHAPE} sizes, received {len(node.items)}")
        return bad
    sizes = [value_of(f"{key}[{i}]", _SIZE, item) for i, item in enumerate(node.items)]
    return bad if bad in sizes else tuple(sizes)


def read_settings(source: SpecText, key: str, node: Node, bad: Any) -> Any:
    """The `NamedValues` that a mapping of names to values lists: numbers, texts, true, false and lists of them."""
    if not isinstance(node, MappingNode):
        hint = f"write them one a line under `{key}:`, as the code calls them: `alpha: 0.5`"
        source.add(node, f"{key}: expected a mapping of names to values, received {described(node)}", hint)
        return bad
    found = {name: _value(source, f"{key}.{name}", one.value, bad) for name, one in entries(source, node).items()}
    return bad if bad in found.values() else NamedValues(tuple(found.items()))


def read_names(source: SpecText, key: str, node: Node, bad: Any) -> Any:
    """A tuple of names, at least one."""
    items = node.items if isinstance(node, Sequence) else ()
    names = tuple(item.text for item in items if isinstance(item, Scalar) and item.text.isidentifier())
    if not names or len(names) < len(items) or len({*names}) < len(names):
        received = f"{key}: expected a list of different names, received {described(node)}"
        source.add(node, received, f"write `{key}: [y, h]`")
        return bad
    return names


def _value(source: SpecText, key: str, node: Node, bad: Any, *, numbers: bool = False) -> Any:
    if isinstance(node, Sequence):
        values = [_value(source, f"{key}[{i}]", item, bad, numbers=numbers) for i, item in enumerate(node.items)]
        return bad if bad in values else tuple(values)
    if isinstance(node, Scalar):
        written = meaning(node)
        if written.kind == "integer" or (written.kind == "number" and math.isfinite(float(node.text))):
            return written.value
        if written.kind == "unclear":
            hint = f"write {written.write}" if written.write else "write the number in decimal digits"
            source.add(node, f"{key}: expected a number, received {quote(node.text)}, which {written.why}", hint)
            return bad
        if not numbers and len(node.text) <= LONGEST_TEXT:
            return {"null": None, "truth": node.text.lower() in ("true", "yes", "on")}.get(written.kind, node.text)
    wanted = "a number, or a list of them" if numbers else "a number, a text, true or false, or a list of them"
    source.add(node, f"{key}: expected {wanted}, received {described(node)}")
    return bad


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """That of nested tuples; None where they are of different lengths."""
    if not isinstance(value, tuple):
        return ()
    below = {_shape_of(one) for one in value}
    if len(below) > 1 or None in below or not value:
        return None
    (inner,) = below
    assert inner is not None
    return (len(value), *inner)

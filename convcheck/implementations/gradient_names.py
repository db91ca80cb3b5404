"""The gradients that backward returns, put in the order of the inputs by what they are called there."""

from __future__ import annotations

from math import prod
from typing import Any

from convcheck.implementations.arrays import is_array, without_empty
from convcheck.implementations.vocabulary import gradient_words
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal


def returned_by_name(returned: dict[Any, Any], name: str, layer: Layer) -> Any:
    """The gradient of the input `name` in a dictionary that backward returned, None where it has none."""
    called = gradient_words(name, layer) | layer.words.inputs[name]
    return next((v for k, v in returned.items() if isinstance(k, str) and normal(k) in called), None)


def flattened(returned: Any, layer: Layer) -> Any:
    """`dx, {"w": dw, "b": db}` and `dx, [dw, db]` as one tuple, without what is empty; anything else as it is.

    Numbers behind the gradients are those of settings, which code may learn as well: the slope of an activation.
    """
    names = layer.input_names
    if isinstance(returned, tuple) and len(returned) > len(names) and all(map(_is_number, returned[len(names) :])):
        returned = returned[: len(names)]
    if isinstance(returned, (tuple, list)) and (parts := without_empty(returned, len(names))):
        returned = parts
    if not isinstance(returned, (tuple, list)) or len(returned) != 2 or len(names) < 2:
        return returned
    dx, rest = returned
    if isinstance(rest, dict):
        rest = [returned_by_name(rest, name, layer) for name in names[1:]]
    if not isinstance(rest, (tuple, list)) or len(rest) != len(names) - 1 or not all(map(is_array, rest)):
        return returned
    return (dx, *rest)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) or (is_array(value) and prod(value.shape) == 1)

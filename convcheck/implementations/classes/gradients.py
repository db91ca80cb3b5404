"""The gradients of a class: returned by backward, or left in attributes, dictionaries and lists of the instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcheck.implementations.classes.places import Place, attributes, gradient_in, is_array, places
from convcheck.implementations.vocabulary import BAGS, GRADIENT_BAGS, INPUTS, normal

BEFORE = (
    "d",
    "grad",
    "gradient",
    "grads",
    "gradients",
    "delta",
    "dl",
    "dld",
    "dloss",
    "dlossd",
    "gradof",
    "gradientof",
    "g",
)
AFTER = ("grad", "gradient", "grads", "gradients", "g", "delta")


def synonyms_of(name: str, others: Sequence[str]) -> frozenset[str]:
    """What `name` may be called where there are inputs `others` beside it: a weight is gamma only in a batchnorm."""
    return INPUTS[name] - {other for other in others if other != name}


def gradient_words(name: str, names: Sequence[str]) -> frozenset[str]:
    """What the gradient of the input `name` may be called, in normal form: dw, gradw, wgrad, weightgrad, …"""
    said = synonyms_of(name, names)
    return frozenset(f"{before}{word}" for word in said for before in BEFORE) | frozenset(
        f"{word}{after}" for word in said for after in AFTER
    )


def gradient_places(instance: Any, name: str, names: Sequence[str]) -> list[Place]:
    """Where the instance may have left the gradient of `name`, the likeliest first."""
    called, own = gradient_words(name, names), synonyms_of(name, names)
    found = list(places(instance, called.__contains__, GRADIENT_BAGS | BAGS))
    for key, value in attributes(instance).items():
        if normal(key) not in GRADIENT_BAGS:
            continue
        if isinstance(value, dict):
            # self.grads["W"] is the gradient of W, and self.grads[0] that of the first parameter.
            found += [Place(value, k, f".{key}[{k!r}]") for k in value if isinstance(k, str) and normal(k) in own]
        elif isinstance(value, list) and name in names[1:] and len(value) == len(names) - 1:
            position = list(names[1:]).index(name)
            found.append(Place(value, position, f".{key}[{position}]"))
    held = [gradient_in(place) for place in places(instance, own.__contains__, BAGS)]
    found += [place for place in held if place is not None]
    return found


def left_in(instance: Any, name: str, names: Sequence[str]) -> Any:
    """The gradient of `name` that the instance holds, None where there is none."""
    values = (place.value for place in gradient_places(instance, name, names))
    return next((value for value in values if is_array(value)), None)


def returned_by_name(returned: dict[Any, Any], name: str, names: Sequence[str]) -> Any:
    """The gradient of `name` in a dictionary that backward returned, None where it has none."""
    called = gradient_words(name, names) | synonyms_of(name, names)
    return next((v for k, v in returned.items() if isinstance(k, str) and normal(k) in called), None)


def flattened(returned: Any, names: Sequence[str]) -> Any:
    """`dx, {"w": dw, "b": db}` and `dx, [dw, db]` as one tuple; anything else as it is."""
    if not isinstance(returned, (tuple, list)) or len(returned) != 2 or len(names) < 2:
        return returned
    dx, rest = returned
    if isinstance(rest, dict):
        rest = [returned_by_name(rest, name, names) for name in names[1:]]
    if not isinstance(rest, (tuple, list)) or len(rest) != len(names) - 1 or not all(map(is_array, rest)):
        return returned
    return (dx, *rest)

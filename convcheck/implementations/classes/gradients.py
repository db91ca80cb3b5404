"""The gradients that a backward method leaves in attributes, dictionaries and lists of the instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcheck.implementations.arrays import is_array
from convcheck.implementations.classes.places import Place, attributes, gradient_in, places
from convcheck.implementations.vocabulary import BAGS, GRADIENT_BAGS, gradient_words
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal


def gradient_places(
    instance: Any, name: str, layer: Layer, kept: Sequence[Sequence[str]], given: Any = None
) -> list[Place]:
    """Where the instance may have left the gradient of the input `name`, the likeliest first; `kept` are the inputs
    whose gradients a list may have, `given` is the input itself, which a list of parameters may have in that place.
    """
    called, own = gradient_words(name, layer), layer.words.inputs[name]
    found = list(places(instance, called.__contains__, GRADIENT_BAGS | BAGS))
    for key, value in attributes(instance).items():
        if normal(key) not in GRADIENT_BAGS:
            continue
        if isinstance(value, dict):
            # self.grads["W"] is the gradient of W, and self.grads[0] that of the first parameter.
            found += [Place(value, k, f".{key}[{k!r}]") for k in value if isinstance(k, str) and normal(k) in own]
        elif isinstance(value, list):
            those = next((names for names in kept if name in names and len(names) == len(value)), None)
            if those is not None:
                position = _beside(instance, name, layer, len(value), given)
                position = those.index(name) if position is None else position
                found.append(Place(value, position, f".{key}[{position}]"))
    held = [gradient_in(place) for place in places(instance, own.__contains__, BAGS)]
    found += [place for place in held if place is not None]
    return found


def _beside(instance: Any, name: str, layer: Layer, length: int, given: Any) -> int | None:
    """The position of the input `name` in a list of parameters of this length, which tells that of its gradient."""
    own = {id(given), *(id(place.value) for place in places(instance, layer.words.inputs[name].__contains__, BAGS))}
    lists = [value for key, value in attributes(instance).items() if normal(key) in BAGS and isinstance(value, list)]
    entries = [
        i for one in lists if len(one) == length for i, entry in enumerate(one) if is_array(entry) and id(entry) in own
    ]
    return entries[0] if len({*entries}) == 1 else None


def gradient_left_in(instance: Any, name: str, layer: Layer, kept: Sequence[Sequence[str]], given: Any = None) -> Any:
    """The gradient of the input `name` that the instance holds, None where there is none."""
    values = (place.value for place in gradient_places(instance, name, layer, kept, given))
    return next((value for value in values if is_array(value)), None)

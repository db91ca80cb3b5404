"""The gradients that a backward method leaves in attributes, dictionaries and lists of the instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcheck.implementations.arrays import is_array
from convcheck.implementations.classes.places import Place, attributes, gradient_in, places
from convcheck.implementations.vocabulary import BAGS, GRADIENT_BAGS, gradient_words
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal


def gradient_places(instance: Any, name: str, layer: Layer, kept: Sequence[Sequence[str]]) -> list[Place]:
    """Where the instance may have left the gradient of the input `name`, the likeliest first; `kept` are the inputs
    whose gradients a list may have.
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
                position = those.index(name)
                found.append(Place(value, position, f".{key}[{position}]"))
    held = [gradient_in(place) for place in places(instance, own.__contains__, BAGS)]
    found += [place for place in held if place is not None]
    return found


def gradient_left_in(instance: Any, name: str, layer: Layer, kept: Sequence[Sequence[str]]) -> Any:
    """The gradient of the input `name` that the instance holds, None where there is none."""
    values = (place.value for place in gradient_places(instance, name, layer, kept))
    return next((value for value in values if is_array(value)), None)

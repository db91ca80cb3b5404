"""Where an instance keeps its arrays: attributes, dictionaries of parameters, holders of a value and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from convcheck.implementations.arrays import is_array
from convcheck.layers.words import normal

VALUES = ("value", "data", "val", "array", "v")
GRADIENTS = ("grad", "gradient", "g", "d")


@dataclass(frozen=True)
class Place:
    """An attribute of `owner`, or an entry of it where `owner` is a dictionary or a list; `text` is how to write it."""

    owner: Any
    key: Any
    text: str

    @property
    def value(self) -> Any:
        """What is there now."""
        return self.owner[self.key] if isinstance(self.owner, (dict, list)) else getattr(self.owner, self.key)

    def put(self, value: Any) -> None:
        """Replace what is there."""
        if isinstance(self.owner, (dict, list)):
            self.owner[self.key] = value
        else:
            setattr(self.owner, self.key, value)


def attributes(instance: Any) -> dict[str, Any]:
    """Its own attributes; those of its class are no state of it."""
    own = dict(getattr(instance, "__dict__", {}))
    for kind in type(instance).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(instance, name):
                own[name] = getattr(instance, name)
    return own


def places(instance: Any, wanted: Callable[[str], bool], bags: Collection[str]) -> Iterator[Place]:
    """Every attribute whose normal name is wanted, and every such key of a dictionary that is called as in `bags`."""
    for name, value in attributes(instance).items():
        if wanted(normal(name)):
            yield Place(instance, name, f".{name}")
        if isinstance(value, dict) and normal(name) in bags:
            for key in value:
                if isinstance(key, str) and wanted(normal(key)):
                    yield Place(value, key, f".{name}[{key!r}]")


def value_in(place: Place) -> Place:
    """The place of the array itself: that in a holder (self.W.value, self.W["val"]) where there is one at `place`."""
    return _inside(place, VALUES)


def gradient_in(place: Place) -> Place | None:
    """The gradient in the holder at `place`, None where there is no holder."""
    inner = _inside(place, GRADIENTS)
    return None if inner is place else inner


def _inside(place: Place, names: tuple[str, ...]) -> Place:
    held = place.value
    if is_array(held) or isinstance(held, (int, float, str, tuple, list)) or held is None:
        return place
    own = held if isinstance(held, dict) else attributes(held)
    if not any(is_array(own.get(name)) for name in VALUES):
        return place
    return next((Place(held, name, f"{place.text}.{name}") for name in names if name in own), place)


def replace_everywhere(instance: Any, old: Any, new: Any) -> None:
    """Every other reference that the instance has to the very array `old`: self.params = [self.W, self.b] is common."""
    for name, value in attributes(instance).items():
        if value is old:
            setattr(instance, name, new)
        elif isinstance(value, list):
            value[:] = [new if entry is old else entry for entry in value]
        elif isinstance(value, dict):
            value.update({key: new for key, entry in value.items() if entry is old})

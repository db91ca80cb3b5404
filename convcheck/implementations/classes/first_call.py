"""Instances that make their arrays only at their first forward, or in a method that is to be called before it.

An array that is put in its place before that would be of the wrong shape, or written over, or what else is made beside
it would be lacking.
"""

from __future__ import annotations

import dis
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from convcheck.implementations.arguments import arguments, parameters_of
from convcheck.implementations.arrays import is_array
from convcheck.implementations.classes.places import Place, places, value_in
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.vocabulary import BACKWARDS, BAGS, FORWARDS
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal

T = TypeVar("T")

# A method that makes arrays, by its name; others that store them have them from elsewhere, or change them.
_MAKER = re.compile(r"_*(init|build|setup|create|compile|make|reset_param|reset_weight)")


def missing_arrays(made: Any, layer: Layer, wanted: Sequence[str]) -> int:
    """For how many of the inputs `wanted` the instance has no array yet."""
    return sum(not any(is_array(place.value) for place in value_places(made, name, layer)) for name in wanted)


def value_places(made: Any, name: str, layer: Layer) -> list[Place]:
    """The places that are called as the input `name` is, whatever is there."""
    return [value_in(place) for place in places(made, layer.words.inputs[name].__contains__, BAGS)]


def after_first_call(
    new_instance: Callable[[], T], ways: Iterable[Callable[[T], Any]], lacks: Callable[[T], int]
) -> tuple[T, BaseException | None]:
    """What `new_instance` gives, after the first of `ways` that makes arrays; as it is where none of them does.

    `lacks` counts the arrays that are not there. With it comes what the first way raised, if that came to nothing.
    """
    error: BaseException | None = None
    for prepare in ways:
        tried = new_instance()
        lacking = lacks(tried)
        if not lacking:
            return tried, None
        try:
            prepare(tried)
        except LEAVING as raised:  # what it lacks it says when it is called in earnest
            if lacks(tried):
                error = error or raised
                continue
        if lacks(tried) < lacking:
            return tried, None
    return new_instance(), error


def methods_that_make_arrays(
    kind: type[Any], layer: Layer, values: Mapping[str, Any]
) -> Iterator[Callable[[Any], Any]]:
    """Calls of the methods of an instance that make its arrays, by their names and by what they store."""
    stored = frozenset().union(*(layer.words.inputs[name] for name in layer.held))
    for name, member in inspect.getmembers(kind, inspect.isfunction):
        if name in (*FORWARDS, *BACKWARDS) or name.startswith("__") or not _MAKER.match(name):
            continue
        if any(i.opname == "STORE_ATTR" and normal(str(i.argval)) in stored for i in dis.get_instructions(member)):
            yield _call_of(name, layer, values)


def _call_of(name: str, layer: Layer, values: Mapping[str, Any]) -> Callable[[Any], Any]:
    def call(made: Any) -> Any:
        if "input_shape" in values and callable(told := getattr(made, "set_input_shape", None)):
            told(values["input_shape"])
        method = getattr(made, name)
        given = arguments(name, parameters_of(method, name), layer, values, sizes=True)
        return method(*given.positional, **given.keywords)

    return call

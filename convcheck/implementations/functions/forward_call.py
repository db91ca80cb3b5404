"""How a forward function is called: arrays by position, then what it is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from convcheck.implementations.arguments import ADVICE, EMPTY, of_a_part, require_accepted
from convcheck.implementations.axes import require_channels_first
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.functions.settings import Setting, setting_of, setting_value, settings_after_arrays
from convcheck.implementations.vocabulary import accepted_with, quantity, rare_settings, settings_of
from convcheck.layers.layer import Array, Layer
from convcheck.layers.packed import packed_words
from convcheck.layers.words import normal
from convcheck.spec.showing import count

_WORDS = {1: "one array", 2: "two arrays", 3: "three arrays"}


@dataclass(frozen=True)
class ForwardCall:
    """`function(*inputs, …)`: `arrays` are its own names for the inputs, `settings` what the parameters after them are.

    `anything`: it takes *args, or its parameters are unknown, and the convention is all there is to go by.
    `by_name`: it takes **keywords. `inputs_first`: what leads in the layer comes after the inputs in its signature.
    `order`: the places of the inputs in the layer, in the order in which it takes them; () for the layer's own order.
    `named_only`: those of its `arrays` that it takes by their names alone.
    """

    function: Callable[..., Any]
    layer: Layer
    arrays: tuple[str, ...]
    settings: tuple[Setting, ...]
    anything: bool = False
    by_name: bool = False
    inputs_first: bool = False
    order: tuple[int, ...] = ()
    named_only: frozenset[str] = frozenset()

    def arguments(self, inputs: Sequence[Array], values: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """What it is called with. Raises Refusal where a value cannot be told to it."""
        name = self.function.__name__
        inputs = [inputs[place] for place in self.order] or inputs
        leading = [values[key] for key in self.layer.leading]
        if self.anything:
            several = [values[key] for key in self.layer.words.dictionaries]
            params = several or ([values["params"]] if "params" in values else [])
            return [*leading, *inputs, *params], {}
        if not self.by_name:
            require_accepted(name, self._accepted, self.layer, values)
        given = [*inputs, *leading] if self.inputs_first else [*leading, *inputs]
        keywords = {name: array for name, array in zip(self.arrays, given, strict=True) if name in self.named_only}
        positional: list[Any] = given[: len(given) - len(keywords)]
        for one in self.settings:
            value, parameter = setting_value(one, self.layer, values, name), one.parameter
            if parameter.default is EMPTY and parameter.kind is not parameter.KEYWORD_ONLY:
                positional.append(value)
            elif value is not EMPTY and parameter.kind is not parameter.POSITIONAL_ONLY:
                keywords[parameter.name] = value
        if self.by_name and not self.settings:
            keywords |= values.get("params", {})
        return positional, keywords

    def require_window_taken(self, values: Mapping[str, Any], raised: Exception) -> None:
        """Raise Refusal where what it `raised` of a tuple may come of a window that one number cannot say."""
        for one in self.settings:
            if one.pair or one.key == "params":
                continue
            key, _, own = of_a_part(one.key, self.layer, values)
            window = own.get("kernel", ())
            if key == "kernel" and len({*window}) > 1:
                sides = " × ".join(map(str, window))
                said = f"takes one number, {one.parameter.name}: {sides} cannot be told to it"
                raise Refusal(f"{self.function.__name__} {said}") from raised

    def accepts(self, key: str) -> bool:
        """Whether it takes this setting, in a dictionary or by itself."""
        return self.anything or self.by_name or key in self._accepted

    @property
    def takes_dictionary(self) -> bool:
        """Whether it is told its settings in a dictionary."""
        return self.anything or any(s.key == "params" for s in self.settings)

    def takes(self) -> tuple[str, ...]:
        """The settings that most code has no word for and this has one, to which a number is told."""
        told = {
            s.parameter.name for s in self.settings if s.key != "params" and not isinstance(s.parameter.default, str)
        }
        return rare_settings([*told.union(*(s.reached for s in self.settings))], self.layer)

    @cached_property
    def _accepted(self) -> set[str]:
        keys = {*self.layer.leading, *(s.key for s in self.settings)}.union(*(s.keys for s in self.settings))
        every = keys.union(*(accepted_with(key, self.layer) for key in keys))
        # Where its text does not show what is read of the dictionary, that may be anything.
        unread = any(s.key == "params" and not s.keys for s in self.settings)
        measured = {constant.key for constant in self.layer.words.built_in}
        return every if unread else every - ({*self.layer.words.rare} - {*self.takes()} - measured)

    def text(self) -> str:
        """forward(x, w, b, params), in its own names."""
        names = [*self.arrays, *(s.parameter.name for s in self.settings)]
        return f"{self.function.__name__}({', '.join(names)})"


def signature_of(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Its parameters, None where they cannot be known."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


def forward_call(function: Callable[..., Any], layer: Layer) -> ForwardCall:
    """How to call it as a forward of `layer`. Raises CannotOpen, naming what does not fit, where that is not known."""
    every = signature_of(function)
    if every is None or any(p.kind is p.VAR_POSITIONAL for p in every):
        return ForwardCall(function, layer, (*layer.leading, *layer.input_names), (), anything=True)
    named = [p for p in every if p.kind is not p.VAR_KEYWORD]
    names = [p.name for p in named]
    wanted = (*layer.leading, *layer.input_names)
    shown = f"{function.__name__}({', '.join(names)})"
    for name in names:
        if said := layer.words.elsewhere.get(normal(name)):
            raise CannotOpen(f"{shown}: {said}")
    arrays, rest = named[: len(wanted)], named[len(wanted) :]
    takes = f"{layer.name} has {', '.join(wanted)}"
    require_own_packing(shown, names, layer)
    if len(arrays) < len(wanted):
        raise CannotOpen(f"{shown} takes {count(len(arrays), 'argument')}, and {takes}: {ADVICE}")
    words = {**layer.words.settings, **layer.words.inputs}
    inputs_first = bool(layer.leading) and normal(names[0]) in words[layer.input_names[0]] - words[layer.leading[0]]
    if inputs_first:
        wanted = (*layer.input_names, *layer.leading)
    order = () if layer.leading else own_order([p.name for p in arrays], {name: words[name] for name in wanted})
    for position, parameter in enumerate(arrays[1:], 1):
        if order or normal(parameter.name) in words[wanted[position]]:
            continue
        others = [name for name, known in layer.words.inputs.items() if normal(parameter.name) in known]
        if len(others) == 1 and others[0] not in wanted:
            raise CannotOpen(f"{shown} takes {parameter.name} where {takes}; {ADVICE}")
        meant = setting_of(function, parameter, layer, names)
        if meant.key == "params" or meant.key in settings_of(layer):
            missing = " and ".join(wanted[position:])
            many = _WORDS.get(position) or count(position, "array")
            raise CannotOpen(f"{shown} takes {many}, and {takes}: it has no {missing}; {ADVICE}")
    for parameter in rest:
        # What stands before it in its place is something that the layer has not.
        if parameter.default is EMPTY and quantity(parameter.name, layer, names) in layer.input_names[1:]:
            raise CannotOpen(f"{shown} takes {count(len(named), 'argument')}, and {takes}: {ADVICE}")
    require_channels_first(function, layer, tuple(names))
    try:
        settings = settings_after_arrays(function, rest, layer, names)
    except CannotOpen as error:
        raise CannotOpen(f"{shown}: {error}; {ADVICE}") from None
    by_name, named_only = len(named) < len(every), frozenset(p.name for p in arrays if p.kind is p.KEYWORD_ONLY)
    return ForwardCall(
        function, layer, tuple(names[: len(wanted)]), settings, False, by_name, inputs_first, order, named_only
    )


def require_own_packing(shown: str, names: Sequence[str], layer: Layer) -> None:
    """Raise CannotOpen where the code `shown` takes several inputs in one array and the layer does not, or where it
    takes none of those that the layer has so.
    """
    plain = {normal(name) for name in names}
    several = frozenset() if layer.in_form else packed_words(layer)
    if taken := next((name for name in names if normal(name) in several), ""):
        raise CannotOpen(f"{shown} takes {taken} where {layer.name} has {', '.join(layer.input_names)}; {ADVICE}")
    if layer.in_form:
        for name in layer.in_form.form.packed:
            if name in layer.input_names and not plain & layer.words.inputs[name]:
                raise CannotOpen(f"{shown} takes nothing that is called as {name} would be; {ADVICE}")


def own_order(names: Sequence[str], words: Mapping[str, frozenset[str]]) -> tuple[int, ...]:
    """The places that things of these names have among `words`, where they stand in another order: x, b, w for x, w, b.

    () where that is their order, and where one of them, beside the first, is not known by its name alone.
    """
    known = [*words]
    places = [0]
    for name in names[1:]:
        meant = [place for place, one in enumerate(known) if place and normal(name) in words[one]]
        if len(meant) != 1:
            return ()
        places += meant
    whole = sorted(places) == [*range(len(known))]
    return tuple(places) if whole and places != sorted(places) else ()

"""One instance of a class under test, made for given inputs and parameters of the layer."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from convcheck.implementations.arguments import (
    ADVICE,
    EMPTY,
    Arguments,
    arguments,
    parameters_of,
    require_accepted,
    spelt,
    values_of,
)
from convcheck.implementations.arrays import copied, is_array, reshaped
from convcheck.implementations.classes.first_call import (
    after_first_call,
    methods_that_make_arrays,
    missing_arrays,
    value_places,
)
from convcheck.implementations.classes.places import (
    Place,
    attributes,
    places,
    replace_everywhere,
    value_in,
)
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.module_snapshot import run_code
from convcheck.implementations.size_spelling import PLAIN, Spelling
from convcheck.implementations.source_text import attributes_told
from convcheck.implementations.vocabulary import (
    BACKWARDS,
    FLAGS,
    FORWARDS,
    LOSSES,
    STATE_BAGS,
    accepted_with,
    layer_called,
    quantity,
)
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer, Params
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes


@dataclass
class Instance:
    """`forward(x, *arguments)` is ready to be called.

    `accepted` are the inputs, sizes and settings that it has taken in some way, `placed` the inputs among them that
    were put into its attributes.
    """

    object: Any
    forward: Callable[..., Any]
    arguments: Arguments
    accepted: set[str] = field(default_factory=set)
    placed: list[str] = field(default_factory=list)


def method(kind: type[Any], names: tuple[str, ...]) -> str | None:
    """The first of the names that the class, or a class that it extends, defines."""
    return next((n for n in names if any(n in k.__dict__ for k in kind.__mro__ if k is not object)), None)


def both_methods(kind: type[Any]) -> tuple[str, str]:
    """The names of its forward and its backward. Raises CannotOpen where it lacks one."""
    layer = layer_called(kind.__name__)
    forwards = (*FORWARDS, *LOSSES) if layer is not None and LAYERS[layer].is_loss else FORWARDS
    forward, backward = method(kind, forwards), method(kind, BACKWARDS)
    if forward is None or backward is None:
        wanted = ", ".join(forwards if forward is None else BACKWARDS)
        has = ", ".join(n for n in vars(kind) if not n.startswith("__") and callable(getattr(kind, n))) or "no methods"
        raise CannotOpen(f"class {kind.__name__}: looked for a method {wanted}; found {has}; {_advice(kind)}")
    return forward, backward


def constructor(kind: type[Any]) -> list[inspect.Parameter]:
    """The parameters of its constructor. Raises CannotOpen where they cannot be known."""
    if not {"__init__", "__new__"} & {name for k in kind.__mro__[:-1] for name in vars(k)}:
        return []
    return parameters_of(kind, kind.__name__)


def names_told(kind: type[Any]) -> list[str]:
    """By what a class of theirs may be told a setting: the parameters of its constructor and of its forward, and the
    attributes in which its constructor keeps what it is told. Not what is told in words, such as padding="same".
    """
    names: dict[str, None] = {}
    in_words: set[str] = set()
    for one in kind.__mro__[:-1]:
        if one.__module__.partition(".")[0] == "torch":
            continue
        for name, member in vars(one).items():
            function = inspect.unwrap(getattr(member, "__func__", member))
            if not inspect.isfunction(function):
                continue
            if name in ("__init__", "__new__", *FORWARDS):
                parameters = inspect.signature(function).parameters
                names |= dict.fromkeys(parameters)
                in_words |= {word for word, parameter in parameters.items() if isinstance(parameter.default, str)}
            if name == "__init__":
                names |= dict.fromkeys(attributes_told(function))
    return [name for name in names if name not in in_words]


def instance_of(
    kind: type[Any],
    layer: Layer,
    sizes: Sizes,
    params: Params | None,
    named: Mapping[str, Any],
    *,
    spelling: Spelling = PLAIN,
) -> Instance:
    """An instance of `kind` that holds the arrays `named` and knows stride, eps, … by its constructor or attributes.

    Raises CannotOpen for what cannot be guessed, Refusal for what there is no way to ask for, and whatever the
    constructor raises.
    """
    values = values_of(layer, sizes, params) | dict(named)
    given = arguments(kind.__name__, constructor(kind), layer, values, spelling=spelling, sizes=True)
    first_argument = first_of(layer, values)

    def new_instance() -> Instance:
        made = run_code("constructor", kind, *given.positional, **given.keywords)
        forward = getattr(made, both_methods(kind)[0])
        # The first parameter is x, whatever it is called.
        rest = parameters_of(forward, f"{kind.__name__}.forward")[1:]
        called = arguments(f"{kind.__name__}.{forward.__name__}", rest, layer, values, spelling=spelling)
        instance = Instance(made, forward, called, {*given.accepted, *called.accepted})
        set_attributes(instance, layer, values)
        return instance

    def first(instance: Instance) -> Any:
        x = copied(first_argument)
        return run_code("forward", instance.forward, x, *instance.arguments.positional, **instance.arguments.keywords)

    def lacks(instance: Instance) -> int:
        # A state that is None is what most begin with; a first forward would leave that after it, and more besides.
        begun = [name for name in layer.states if value_places(instance.object, name, layer)]
        wanted = [name for name in layer.held if name not in instance.accepted and name not in begun]
        return missing_arrays(instance.object, layer, wanted)

    def made_by(maker: Callable[[Any], Any]) -> Callable[[Instance], Any]:
        return lambda instance: run_code("maker", maker, instance.object)

    makers = map(made_by, methods_that_make_arrays(kind, layer, values))
    instance, error = after_first_call(new_instance, itertools.chain([first], makers), lacks)
    require_not_elsewhere(kind.__name__, attributes(instance.object), layer)
    try:
        for name in layer.held:
            if name not in instance.accepted:
                _place(instance.object, name, layer, named[name])
                instance.accepted.add(name)
                instance.placed.append(name)
    except CannotOpen as cannot:
        if cannot.misshapen:
            # Its shape may come of a size that follows from what it has no word for.
            require_accepted(kind.__name__, instance.accepted, layer, values)
        if isinstance(error, TypeError) and re.search(r"\b(tuple|int)\b", str(error)):
            # It would have made a place for it, had it been told its window otherwise.
            raise error from None
        raise
    _require_no_other(instance.object, layer, sizes)
    _place_statistics(instance, layer, values)
    require_accepted(kind.__name__, instance.accepted, layer, values)
    return instance


def first_of(layer: Layer, values: Mapping[str, Any]) -> Any:
    """What forward is handed first: x, or the parameter that leads."""
    return values[layer.leading[0] if layer.leading else layer.input_names[0]]


def array_places(made: Any, name: str, layer: Layer) -> list[Place]:
    """Where the instance keeps the input `name`: places of arrays; where it has none yet, those that are None."""
    found = value_places(made, name, layer)
    return [p for p in found if is_array(p.value)] or [p for p in found if p.value is None]


def _place(made: Any, name: str, layer: Layer, array: Any) -> None:
    found = array_places(made, name, layer)
    if not found:
        has = ", ".join(f"{key} ({_described(value)})" for key, value in attributes(made).items()) or "none"
        said = ", ".join(sorted(layer.words.inputs[name]))
        kind = type(made)
        raise CannotOpen(
            f"class {kind.__name__}: found no place for {name}: looked for a parameter of the constructor or an "
            f"attribute called {said}; found the attributes {has}; {_advice(kind)}"
        )
    # The same array under two names is one; two arrays may be two of which the code makes one.
    apart = {normal(p.key): p for p in found if p.owner is made and is_array(p.value)}
    if len({id(p.value) for p in apart.values()}) > 1 and len(array.shape) == 1:
        both = " and ".join(p.text for p in apart.values())
        raise CannotOpen(f"class {type(made).__name__}: it is not known which of {both} is {name}; {ADVICE}")
    for place in found:
        old = place.value
        place.put(_fitted(type(made), name, place, array))
        if old is not None:
            replace_everywhere(made, old, place.value)


def require_not_elsewhere(name: str, names: Iterable[str], layer: Layer) -> None:
    """Raise CannotOpen where one of its names shows that it is something else than the layer."""
    for own in names:
        if said := layer.words.elsewhere.get(normal(own)):
            raise CannotOpen(f"{name} has {own}: {said}")


def _require_no_other(made: Any, layer: Layer, sizes: Sizes) -> None:
    """Raise CannotOpen where the layer is taken to lack an input, and an array may be just that under another name."""
    for name in layer.words.optional:
        if name in layer.input_names:
            continue
        known = {id(place.value) for other in layer.held for place in array_places(made, other, layer)}
        entries = prod(sizes.shapes()[name])
        for key, value in attributes(made).items():
            if is_array(value) and id(value) not in known and prod(value.shape) == entries:
                raise CannotOpen(f"class {type(made).__name__}: it is not known whether .{key} is {name}; {ADVICE}")


def _fitted(kind: type[Any], name: str, place: Place, array: Any) -> Any:
    """The array in the shape that the attribute has; which axis is which is never guessed."""
    old = place.value
    if old is None or old.shape == array.shape:
        return array
    if array.ndim > 1 or prod(old.shape) != prod(array.shape):
        raise CannotOpen(
            f"class {kind.__name__}: {place.text} has shape {tuple(old.shape)}, {name} has {tuple(array.shape)}, and "
            f"which axis is which is not guessed; {_advice(kind)}",
            misshapen=True,
        )
    return array.reshape(old.shape)


def set_attributes(instance: Instance, layer: Layer, values: Mapping[str, Any]) -> None:
    """Set the attributes, and call train() or eval(), for what neither constructor nor forward was told."""
    made, accepted = instance.object, instance.accepted
    own = attributes(made)
    settable = {*layer.words.settings, *FLAGS}
    for name, old in own.items():
        key = quantity(name, layer, own)
        if key not in settable or key in accepted or not isinstance(old, (int, float, str, tuple, list)):
            continue
        like = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=old)
        value = spelt(key, like, layer, values)
        if value is not EMPTY:
            setattr(made, name, value)
            for part in own.values():
                # What it is made of was told the same: self.inner = Inner(alpha=self.alpha).
                if type(part).__module__ == type(made).__module__ and attributes(part).get(name) == old:
                    setattr(part, name, value)
            accepted |= {key, *accepted_with(key, layer)}
    if "mode" in values and "mode" not in accepted:
        switch = getattr(made, "train" if values["training"] else "eval", None)
        if callable(switch) and callable(getattr(made, "eval", None)):
            switch()
            accepted.add("mode")


def _place_statistics(instance: Instance, layer: Layer, values: Mapping[str, Any]) -> None:
    for key in layer.words.running:
        if key not in values or key in instance.accepted:
            continue
        for place in statistics_places(instance.object, key, layer):
            old = place.value
            if not is_array(old) or prod(old.shape) in (1, prod(values[key].shape)):
                place.put(reshaped(values[key], old.shape) if is_array(old) else values[key])
                instance.accepted.add(key)


def statistics_places(made: Any, key: str, layer: Layer) -> list[Place]:
    """Where the instance keeps what it goes on with from one forward to the next: running_mean."""
    return [
        value_in(place)
        for place in places(made, layer.words.running[key].__contains__, STATE_BAGS | layer.words.dictionary)
    ]


def _described(value: Any) -> str:
    return f"shape {tuple(value.shape)}" if is_array(value) else type(value).__name__


def _advice(kind: type[Any]) -> str:
    return f"{ADVICE}:{kind.__name__}"

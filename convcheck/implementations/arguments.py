"""The values that code is told besides its arrays, and the arguments for a constructor or a method by their names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from convcheck.implementations.arrays import copied
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.size_spelling import LIKE, PLAIN, WAYS, Spelling, written
from convcheck.implementations.vocabulary import LAYER_NAME, accepted_with, quantity, settings_of
from convcheck.layers.layer import Layer, Params
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes

EMPTY = inspect.Parameter.empty
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
IN_ORDER = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
# Of functions and classes, which are asked at every forward; by whether the function is a method of an instance.
_PARAMETERS: WeakKeyDictionary[Any, dict[bool, tuple[inspect.Parameter, ...]]] = WeakKeyDictionary()
ADVICE = "write an adapter: convcheck init --impl FILE.py"


def values_of(layer: Layer, sizes: Sizes, params: Params | None) -> dict[str, Any]:
    """Everything but the arrays that a constructor or a method of the layer may ask for, by the layer's names for it.

    "params" is the dictionary of all settings; "training" and "testing" say which of the two the mode is.
    """
    values = sizes.given() | dict(layer.words.derived(sizes))
    if params is not None:
        copies = {key: copied(value) for key, value in params.items()}
        values |= {"params": copies, **copies}
    training = values.get("mode", "train") == "train"
    return values | {"training": training, "testing": not training}


def require_accepted(name: str, accepted: Collection[str], layer: Layer, values: Mapping[str, Any]) -> None:
    """Raise Refusal where the check asks for something else than code does that has no word for it.

    `name` is that of the code, `accepted` are the settings that it takes in some way.
    """
    labels = layer.words.in_order[:1] if layer.is_loss else ()
    if labels and labels[0] not in accepted:
        raise Refusal(f"{name} has no parameter for {labels[0]}: what it is a loss for cannot be given to it")
    wanted = {**layer.words.neutral, **{constant.key: constant.usual for constant in layer.words.built_in}}
    for key, usual in wanted.items():
        # One setting may follow another: the stride of a pool is its window.
        if key not in accepted and values[key] != values.get(usual, usual):
            raise Refusal(
                f"{name} has no parameter and no attribute for {key}: {key} = {values[key]} cannot be asked of it",
                setting=key,
            )
    if values.get("mode") == "test" and (missing := [key for key in layer.words.running if key not in accepted]):
        raise Refusal(f"{name} has no parameter and no attribute for {missing[0]}: one cannot be given to it")


@dataclass(frozen=True)
class Arguments:
    """`function(*positional, **keywords)`. `accepted` are the inputs, sizes and settings among them."""

    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]
    accepted: frozenset[str]


def parameters_of(function: Callable[..., Any], what: str) -> list[inspect.Parameter]:
    """Its parameters, without *args and **kwargs. Raises CannotOpen where they cannot be known (`what` is its name)."""
    own = getattr(function, "__func__", function)
    # What else can be called may say of itself that it equals anything.
    known = _PARAMETERS.setdefault(own, {}) if type(own) in (FunctionType, type) else {}
    is_bound = own is not function
    if is_bound not in known:
        try:
            found = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            raise CannotOpen(f"the parameters of {what} cannot be read; {ADVICE}") from None
        known[is_bound] = tuple(p for p in found if p.kind in IN_ORDER or p.kind in NAMED)
    return [*known[is_bound]]


def arguments(
    what: str,
    parameters: Iterable[inspect.Parameter],
    layer: Layer,
    values: Mapping[str, Any],
    *,
    spelling: Spelling = PLAIN,
    in_order: bool = False,
    sizes: bool = False,
) -> Arguments:
    """A value for each of the parameters; one with a default and a meaning that is not known keeps its default.

    `spelling`: how sizes are written where a default does not show it. `in_order`: everything is passed by position,
    since the function takes no names. `sizes`: those with a default are given as well, once each; what is handed its
    arrays sees them there. Raises CannotOpen for a parameter that must be given and cannot be guessed, naming it
    (`what` is the function's name); Refusal for a value that its parameter cannot take.
    """
    chosen = list(parameters)
    names = [p.name for p in chosen]
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    accepted: set[str] = set()
    meanings = [quantity(parameter.name, layer, names, number=is_number(parameter)) for parameter in chosen]
    needed = {key for key, parameter in zip(meanings, chosen, strict=True) if parameter.default is EMPTY}
    for parameter, key in zip(chosen, meanings, strict=True):
        value = EMPTY if key is None else spelt(key, parameter, layer, values, spelling)
        is_size = key not in settings_of(layer) and key not in layer.input_names and key != "params"
        if parameter.default is not EMPTY and is_size and (key in needed or not sizes):
            value = EMPTY
        if value is not EMPTY and key is not None:
            accepted |= {key, *accepted_with(key, layer)}
        elif isinstance(parameter.default, bool) and key in layer.words.optional:
            # Whether there is to be such an input: there is, so that it is checked.
            value = True
        else:
            value = fixed_value(parameter, layer)
        if value is EMPTY and parameter.default is EMPTY:
            known = ", ".join(values)
            raise CannotOpen(
                f"{what}({', '.join(names)}): it is not known what {parameter.name!r} is; looked for {known}; "
                f"{ADVICE}:{what.partition('.')[0]}"
            )
        if in_order or parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(parameter.default if value is EMPTY else value)
        elif value is not EMPTY:
            keywords[parameter.name] = value
    return Arguments(tuple(positional), keywords, frozenset(accepted))


def fixed_value(parameter: inspect.Parameter, layer: Layer) -> Any:
    """The value of a parameter that no check varies; EMPTY where it is none, or has a default that says the same."""
    name, default = normal(parameter.name), parameter.default
    value = {**LAYER_NAME, **layer.words.fixed}.get(name, EMPTY)
    if value is EMPTY or default is EMPTY:
        return value
    if isinstance(value, (bool, float)) and isinstance(default, type(value)):
        return value if value != default else EMPTY
    # A pool whose default is the average is asked for the maximum; "MAX" or 0 is its own word for it.
    other = isinstance(value, str) and isinstance(default, str) and value not in default.lower()
    return value if other and name not in LAYER_NAME else EMPTY


def is_number(parameter: inspect.Parameter) -> bool:
    """Whether its default or its annotation says that it is a number, or a pair of them."""
    return isinstance(parameter.default, (int, tuple)) or _annotated(parameter).startswith(
        ("int", "tuple", "union[int")
    )


def takes_pairs(parameter: inspect.Parameter) -> bool:
    """Whether its default or its annotation says that it is (rows, columns)."""
    return isinstance(parameter.default, (tuple, list)) or "tuple" in _annotated(parameter)


def _annotated(parameter: inspect.Parameter) -> str:
    annotation = parameter.annotation
    if annotation is EMPTY:
        return ""
    return (annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))).lower()


def spelt(
    key: str, parameter: inspect.Parameter, layer: Layer, values: Mapping[str, Any], spelling: Spelling = PLAIN
) -> Any:
    """The value of the quantity in the way that the parameter's default shows; EMPTY where there is none to give."""
    default = parameter.default
    if key not in values or (isinstance(default, bool) and key in layer.input_names):
        return EMPTY
    value = values[key]
    if key == "pad" and isinstance(default, str):
        return _padding_in_words(values, parameter.name)
    if (like := LIKE.get(key, key)) in WAYS:
        value = written(key, _way(key, parameter, spelling[like], values), values)
        return EMPTY if value is None else value
    flags = {"mode": "train", **layer.words.flags}
    if key in flags and isinstance(default, bool):
        return value == flags[key]
    # PyTorch's momentum is the share of the batch, CS231n's that of the past: the default shows whose it is.
    if key == "momentum" and isinstance(default, float) and default < 0.5:
        return 1 - value
    return value


def _way(key: str, parameter: inspect.Parameter, way: str, values: Mapping[str, Any]) -> str:
    """How the quantity is written: as the parameter's default or annotation shows, else in this way."""
    default = parameter.default
    length = len(default) if isinstance(default, (tuple, list)) else 0
    if key == "input_shape":
        return "batch" if length == len(values[key]) + 1 else way
    if key == "kernel" and "F" in values and length > (sides := len(values["kernel"])):
        return "filter" if length == sides + 1 else "filters"
    pair = takes_pairs(parameter) if key == "kernel" else bool(length)
    return "pair" if pair and way == "number" else way


def _padding_in_words(values: Mapping[str, Any], name: str) -> str:
    pad = values["pad"]
    if pad == 0:
        return "valid"
    if values.get("stride") == 1 and {*values["kernel"]} == {2 * pad + 1}:
        return "same"
    raise Refusal(f"{name} is a word, and none says pad = {pad}")

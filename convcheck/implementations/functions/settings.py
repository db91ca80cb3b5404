"""What a function is told besides arrays: one dictionary, as in CS231n, or a parameter for each setting."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from convcheck.implementations.arguments import EMPTY, fixed_value, is_number, of_a_part, spelt, takes_pairs
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.source_text import is_pair, keys_of_its_own, keys_reached, keys_read
from convcheck.implementations.vocabulary import LAYER_NAME, quantity, settings_of
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal

_DICTIONARY = ("param", "config", "cfg", "opts", "options", "settings", "hyper")


@dataclass(frozen=True)
class Setting:
    """A parameter and what it is: `key` as `vocabulary.quantity` names it, or a `fixed` value.

    "params" is the dictionary of settings, of which the file reads these `keys`; for `own_keys` it has values itself,
    and `reached` are those that the function reads, or what it calls.
    """

    parameter: inspect.Parameter
    key: str
    pair: bool = False
    keys: frozenset[str] = frozenset()
    own_keys: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    fixed: Any = EMPTY


def is_dictionary(function: Callable[..., Any], parameter: inspect.Parameter) -> bool:
    """Whether the parameter is the dictionary of settings: by its name, its default, or keys that are read from it."""
    if isinstance(parameter.default, dict) or any(word in parameter.name.lower() for word in _DICTIONARY):
        return True
    return bool(keys_read(function, parameter.name))


def setting_of(
    function: Callable[..., Any], parameter: inspect.Parameter, layer: Layer, beside: Sequence[str]
) -> Setting:
    """What the parameter is for; `key` is empty where that is not known."""
    name = parameter.name
    of_a_part = [key for key, names in layer.words.dictionaries.items() if normal(name) in names]
    if not of_a_part and len(layer.words.dictionaries) == 1 and is_dictionary(function, parameter):
        of_a_part = [*layer.words.dictionaries]
    if of_a_part:
        return Setting(parameter, of_a_part[0])
    if is_dictionary(function, parameter):
        read, kept = keys_read(function, name), keys_of_its_own(function, name)
        return Setting(parameter, "params", keys=read, own_keys=kept, reached=keys_reached(function, name))
    if normal(name) in {**LAYER_NAME, **layer.words.fixed}:
        return Setting(parameter, "", fixed=fixed_value(parameter, layer))
    key = quantity(name, layer, beside, number=is_number(parameter)) or ""
    pair = "shape" in name.lower() or takes_pairs(parameter) or is_pair(function, name)
    return Setting(parameter, key if key in settings_of(layer) else "", pair)


def settings_after_arrays(
    function: Callable[..., Any], parameters: Sequence[inspect.Parameter], layer: Layer, names: Sequence[str]
) -> tuple[Setting, ...]:
    """What each of the parameters after the arrays is for. Raises CannotOpen for one that must be given and is none.

    Those whose names say nothing get what is left, in the order that is customary: a dictionary if it is one alone.
    """
    found = [setting_of(function, parameter, layer, names) for parameter in parameters]
    nameless = [s for s in found if not s.key and s.fixed is EMPTY and s.parameter.default is EMPTY]
    left = [key for key in layer.words.in_order if key not in {s.key for s in found}]
    takes_settings = bool(layer.parameters)
    # What a loss is for is told it as it is, whatever else there may be to say.
    if (
        len(nameless) == 1
        and takes_settings
        and not layer.is_loss
        and not layer.words.dictionaries
        and not any(s.key for s in found)
    ):
        left = ["params"]
    for unknown, key in zip(nameless, left, strict=False):
        found[found.index(unknown)] = Setting(unknown.parameter, key, unknown.pair)
    if len(nameless) > len(left) or (nameless and not takes_settings):
        raise CannotOpen(f"it is not known what {nameless[min(len(left), len(nameless) - 1)].parameter.name!r} is")
    return tuple(s for s in found if s.key or s.fixed is not EMPTY)


def setting_value(setting: Setting, layer: Layer, values: Mapping[str, Any], name: str) -> Any:
    """What the setting is given; EMPTY where its default must do. Raises Refusal for what it cannot say."""
    if setting.fixed is not EMPTY:
        return setting.fixed
    if setting.key in layer.words.of_parts:
        key, layer, values = of_a_part(setting.key, layer, values)
        return setting_value(replace(setting, key=key), layer, values, name)
    if setting.key == "params":
        return dictionary(setting, layer, values, name)
    value = values.get(setting.key, EMPTY)
    if setting.key == "kernel" and value is not EMPTY:
        return _window(setting, value, name)
    if setting.key in ("stride", "pad", "dilation") and setting.pair and not isinstance(setting.parameter.default, str):
        return (value, value)
    return spelt(setting.key, setting.parameter, layer, values)


def dictionary(setting: Setting, layer: Layer, values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The dictionary of CS231n, and what the file reads from it under other names. Raises Refusal.

    A size that the convention does not have is given only where the code has no value of its own: it may mean another.
    """
    made = dict(values.get("params", {}))
    for key in setting.keys - made.keys():
        meant = quantity(key, layer, sorted(setting.keys))
        if meant in made and meant in setting.keys:
            # Another spelling of what the file reads by its own name is a slip of the code's, not a convention.
            continue
        if key in setting.own_keys and meant not in settings_of(layer):
            continue
        if meant in layer.parameters and meant not in made:
            # Left out: the code has a default of its own.
            continue
        if meant == "kernel" and "kernel" in values:
            rows, columns = values["kernel"]
            sides = {layer.words.in_adapters.get(side, side) for side in layer.words.implied.get(meant, ())}
            if sides <= setting.keys and key in setting.own_keys:
                # Its two sides are read by name: what else is called so has a value of its own.
                continue
            if rows != columns and not sides <= setting.keys:
                raise Refusal(f"{name} reads one number, {key!r}: {rows} × {columns} cannot be told to it")
            made[key] = rows
        elif meant is not None and meant in values:
            made[key] = values[meant]
    return made


def _window(setting: Setting, window: tuple[int, int], name: str) -> Any:
    rows, columns = window
    if setting.pair:
        return window
    if rows != columns and isinstance(setting.parameter.default, int):
        raise Refusal(f"{name} takes one number, {setting.parameter.name}: {rows} × {columns} cannot be told to it")
    return rows if rows == columns else window

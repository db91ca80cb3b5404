"""Which pairs of functions a module holds, by the names that functions customarily have."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from convcheck.implementations.axes import layer_by_arrays, layer_of_axes, layer_of_step, layer_on_images, of_images
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.functions.backward_call import backward_call
from convcheck.implementations.functions.forward_call import forward_call
from convcheck.implementations.functions.function_pair import as_text, binding_of_functions
from convcheck.implementations.functions.loss_pair import binding_of_loss
from convcheck.implementations.functions.matching import NamedFunction, matched_passes, names_of
from convcheck.implementations.functions.names import CustomaryName, customary, own_name
from convcheck.implementations.loading.absent import Absent
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.pair import Binding
from convcheck.implementations.source import Discovery, Found, NotChecked
from convcheck.implementations.source_text import definition, first_line, returned_names, undecorated
from convcheck.implementations.vocabulary import gradient_words, is_among
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer
from convcheck.layers.packed import taken_otherwise
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes

# How the gradient of a loss is called, before or after its name, where it is not called its backward.
_GRADIENTS = ("grad", "gradient", "derivative", "prime", "d")


def found(loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
    """The pair of these names, or all pairs that have customary names of one of `layers`.

    Nothing where a pair was named, and its names tell no layer. Raises CannotOpen where it is not known how to call it.
    """
    if not names:
        return pairs_in(loaded.module, loaded.folder, layers)
    layer = _layer_of(names, layers)
    if layer is None:
        return Discovery()
    if len(names) == 1:
        function = getattr(loaded.module, names[0])
        is_function = callable(function) and not inspect.isclass(function)
        return Discovery((found_loss(function, names[0], layer),) if is_function and LAYERS[layer].is_loss else ())
    forward, backward = (getattr(loaded.module, name) for name in names)
    return Discovery((found_pair(forward, backward, (names[0], names[1]), layer),))


def bind(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the two functions, or of the one that is a loss."""
    if len(found.names) == 1:
        return binding_of_loss(getattr(module, found.names[0]), layer, sizes, found.names[0])
    forward, backward = (getattr(module, name) for name in found.names)
    return binding_of_functions(forward, backward, layer, sizes, ",".join(found.names))


def _layer_of(names: tuple[str, ...], layers: tuple[str, ...]) -> str | None:
    if len(layers) == 1:
        return layers[0]
    meant = {known.layer for name in names if (known := customary(name)) is not None} - {None}
    named = [layer for layer in sorted(filter(None, meant)) if is_among(layer, layers)]
    return named[0] if len(named) == 1 else None


def functions_in(
    module: ModuleType, folder: Path, naming: Callable[[str], CustomaryName | None] = customary
) -> Iterator[NamedFunction]:
    """The user's own functions that `naming` knows, once each: not those of libraries, nor of stubs."""
    seen: dict[int, str] = {}
    for name, value in defined_in(module).items():
        if type(value) is Absent or inspect.isclass(value) or not callable(value):
            continue
        function = undecorated(value)
        code = getattr(function, "__code__", None)
        known = naming(name)
        if code is None or known is None or not is_theirs(code.co_filename, folder) or id(function) in seen:
            continue
        seen[id(function)] = name
        yield NamedFunction(name, value, known)


def pairs_in(module: ModuleType, folder: Path, layers: Sequence[str]) -> Discovery:
    """Every pair of a forward and a backward that belong together; and what is nearly one, each in a sentence."""
    found: list[Found] = []
    near: list[NotChecked] = []
    named = list(functions_in(module, folder))
    every = _on_images([*named, *_called_as_the_layer(named, module, folder)], layers)
    joined = sorted(name for name in layers_named(every) if name not in layers and is_among(name, layers))
    for layer in (*layers, *joined):
        matched = matched_passes(every, layer)
        for pair in matched.pairs:
            try:
                found.append(found_pair(pair[0].function, pair[1].function, names_of(pair), layer))
            except CannotOpen as error:
                near.append(NotChecked(names_of(pair), first_line(pair[0].function), str(error)))
        losses = [f for f in every if f.custom.layer == layer and f.custom.way == "both"]
        beside = {one.name: _gradient_beside(one, every, module) for one in losses}
        near += [one for one in matched.alone(module) if one.names[0] not in beside.values()]
        for one in losses:
            names = (one.name, *filter(None, (beside[one.name],)))
            try:
                if len(names) == 2:
                    found.append(found_pair(one.function, getattr(module, names[1]), names, layer))
                elif _is_value_alone(one.function, LAYERS[layer]):
                    why = "it returns its loss alone, and no gradient of it is made"
                    near.append(NotChecked((one.name,), first_line(one.function), why))
                else:
                    found.append(found_loss(one.function, one.name, layer))
            except CannotOpen as error:
                near.append(NotChecked(names, first_line(one.function), str(error)))
    if not layers_named(every) and len(layers) == 1:
        found += _plain_pair(every, layers[0], near)
    return Discovery(tuple(found), tuple(near))


def _called_as_the_layer(named: Sequence[NamedFunction], module: ModuleType, folder: Path) -> Iterator[NamedFunction]:
    """Forwards that are called as their layer and no more, where a backward has no other: `f` and `f_backward`."""
    ways = {(f.custom.layer, f.custom.way) for f in named}
    words_of = {f.name: own_name(f.name) for f in named if f.custom.way == "backward"}
    for backward in named:
        word, layer = words_of.get(backward.name), backward.custom.layer
        if word is None or word.layer is None or layer is None or (layer, "forward") in ways or LAYERS[layer].is_loss:
            continue

        def as_forward(name: str, wanted: str = normal(word.layer), layer: str = layer) -> CustomaryName | None:
            return CustomaryName(layer, "forward", "") if normal(name) == wanted else None

        yield from functions_in(module, folder, as_forward)


def _gradient_beside(loss: NamedFunction, every: Sequence[NamedFunction], module: ModuleType) -> str:
    """The function that gives the gradient of a loss, where there is one: softmax_loss_grad; "" where there is none."""
    backwards = [f for f in every if f.custom.layer == loss.custom.layer and f.custom.way == "backward"]
    forwards = [f for f in every if f.custom.layer == loss.custom.layer and f.custom.way == "forward"]
    if len(backwards) == 1 and not forwards:
        return backwards[0].name
    names = (loss.name + "_", "_" + loss.name)
    called = [f"{names[0]}{word}" for word in _GRADIENTS] + [f"{word}{names[1]}" for word in _GRADIENTS]
    return next((name for name in called if inspect.isfunction(getattr(module, name, None))), "")


def _on_images(every: list[NamedFunction], layers: Sequence[str]) -> list[NamedFunction]:
    """Functions whose names leave open whether they are for rows or for images, for a step, or for arrays of more or
    fewer axes, as forwards show it.
    """
    for name in {f.custom.layer for f in every}:
        images = layer_on_images(name, layers)
        forwards = [f.function for f in every if f.custom.layer == name and f.custom.way == "forward"]
        distinguished = any(f.custom.layer == images for f in every)
        if images is not None and not distinguished and all(map(of_images, forwards)):
            every = [f._replace(custom=replace(f.custom, layer=images)) if f.custom.layer == name else f for f in every]
        steps = {layer_of_step(name, forward, layers) for forward in forwards}
        if len(steps) == 1 and None not in steps:
            (step,) = steps
            every = [f._replace(custom=replace(f.custom, layer=step)) if f.custom.layer == name else f for f in every]
        meant = {layer_by_arrays(name, forward) for forward in forwards} if name is not None else set()
        if len(meant) == 1:
            (meant_by,) = meant
            every = [
                f._replace(custom=replace(f.custom, layer=meant_by)) if f.custom.layer == name else f for f in every
            ]
        apart = {layer_of_axes(name, forward, layers) for forward in forwards}
        if len(apart) == 1 and apart.isdisjoint({None, *layers_named(every)}):
            (other,) = apart
            every = [f._replace(custom=replace(f.custom, layer=other)) if f.custom.layer == name else f for f in every]
    return every


def layers_named(functions: Sequence[NamedFunction]) -> set[str]:
    """The layers that the names speak of."""
    return {f.custom.layer for f in functions if f.custom.layer is not None}


def _plain_pair(every: Sequence[NamedFunction], layer: str, near: list[NotChecked]) -> list[Found]:
    """`forward` and `backward` alone, of a layer that is known from elsewhere."""
    ways = {f.custom.way: f for f in every if f.custom.layer is None}
    if len(ways) < 2:
        return []
    pair = ways["forward"], ways["backward"]
    try:
        return [found_pair(pair[0].function, pair[1].function, names_of(pair), layer)]
    except CannotOpen as error:
        near.append(NotChecked(names_of(pair), first_line(pair[0].function), str(error)))
        return []


def _is_value_alone(function: Callable[..., Any], layer: Layer) -> bool:
    """Whether a loss returns one thing, and nothing in it is called as its gradient would be: there is none."""
    returned, body = returned_names(function), definition(function)
    if len(returned) != 1 or returned[0] == "…()" or body is None:
        return False
    stored = {normal(n.id) for n in ast.walk(body) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return not any(name in gradient_words(layer.input_names[0], layer) or name.startswith("grad") for name in stored)


def found_loss(function: Callable[..., Any], name: str, layer: str) -> Found:
    """The function as an implementation of a loss. Raises CannotOpen where it is not known how to call it."""
    line = first_line(function)
    how = f"{forward_call(function, LAYERS[layer]).text()} → loss, dx"
    return Found(layer, (name,), line, how, backward_line=line)


def found_pair(forward: Callable[..., Any], backward: Callable[..., Any], names: tuple[str, str], layer: str) -> Found:
    """The pair as an implementation of `layer`. Raises CannotOpen where it is not known how to call it."""
    known = whole = LAYERS[layer]
    try:
        called = forward_call(forward, known)
    except CannotOpen:
        # Less what code may do without, or with several of its inputs in one.
        for known in taken_otherwise(whole):
            with suppress(CannotOpen):
                called = forward_call(forward, known)
                break
        else:
            raise
    how = as_text(called, backward_call(backward, known))
    return Found(layer, names, first_line(forward), how, backward_line=first_line(backward), takes=called.takes())

"""Which pairs of functions a module holds, by the names that functions customarily have."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from convcheck.implementations.axes import layer_on_images, of_images
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.functions.backward_call import backward_call
from convcheck.implementations.functions.forward_call import forward_call
from convcheck.implementations.functions.function_pair import as_text, pair_of
from convcheck.implementations.loading.absent import Absent
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.pair import Binding
from convcheck.implementations.source import Discovery, Found
from convcheck.implementations.source_text import first_line, undecorated
from convcheck.implementations.vocabulary import layer_called
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes

Pass = Literal["forward", "backward"]

# The longer words first: forwardpass must not be read as forward and a version called pass.
_WAYS: tuple[tuple[Pass, str], ...] = (
    ("forward", r"forwardpropagation|forwardprop|forwardpass|forward|fprop|fwd"),
    ("backward", r"backwardpropagation|backpropagation|backwardprop|backwardpass|backprop|backward|bprop|bwd"),
)
# Words of a version that name a part of a layer, not the whole.
_PARTS = re.compile(r"step|inner|helper|single|slice|window|test|check|util|numerical|grad(ient)?$")


@dataclass(frozen=True)
class CustomaryName:
    """`<layer>_forward_im2col` is a forward of the layer in the version im2col. Plain `forward` has no layer."""

    layer: str | None
    way: Pass
    version: str


def customary(name: str) -> CustomaryName | None:
    """What a function of this name is by custom: layer_forward_naive, LayerForward, forward_layer; None if nothing."""
    plain = normal(name)
    for way, pattern in _WAYS:
        if found := re.search(pattern, plain):
            before, after = plain[: found.start()], plain[found.end() :]
            if not before and not after:
                return CustomaryName(None, way, "")
            if not before:
                before, after = after, ""
            layer = layer_called(before)
            return (
                None
                if layer is None or _PARTS.search(after)
                else CustomaryName(layer, way, after + _less(before, layer))
            )
    return None


def _less(before: str, layer: str) -> str:
    """What the name says beside the layer: fastlayer -> fast. It tells versions apart, whatever it is."""
    return "" if before in {layer, normal(layer)} else f" {before}"


@dataclass(frozen=True)
class NamedFunction:
    """A function, the name that the module has for it, and what it is by custom."""

    name: str
    function: Callable[..., Any]
    custom: CustomaryName


def found(loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
    """The pair of these names, or all pairs that have customary names of one of `layers`.

    Raises CannotOpen where a pair was named, and it is not known of which layer it is, or how to call it.
    """
    if not names:
        return pairs_in(loaded.module, loaded.folder, layers)
    if len(names) == 1:
        return Discovery()
    forward, backward = (getattr(loaded.module, name) for name in names)
    return Discovery((found_pair(forward, backward, (names[0], names[1]), _layer_of(names, layers)),))


def bind(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the two functions."""
    forward, backward = (getattr(module, name) for name in found.names)
    return partial(pair_of, forward, backward, layer, sizes, ",".join(found.names))


def _layer_of(names: tuple[str, ...], layers: tuple[str, ...]) -> str:
    if len(layers) == 1:
        return layers[0]
    meant = {known.layer for name in names if (known := customary(name)) is not None} - {None}
    named = [layer for layer in layers if layer in meant]
    if len(named) == 1:
        return named[0]
    raise CannotOpen(f"{' and '.join(names)} may be any layer: give a SPEC, which names it ({', '.join(layers)})")


def functions_in(module: ModuleType, folder: Path) -> Iterator[NamedFunction]:
    """The user's own functions with a customary name, once each: not those of libraries, nor of stubs."""
    seen: dict[int, str] = {}
    for name, value in list(vars(module).items()):
        if type(value) is Absent or inspect.isclass(value) or not callable(value):
            continue
        function = undecorated(value)
        code = getattr(function, "__code__", None)
        known = customary(name)
        if code is None or known is None or not is_theirs(code.co_filename, folder) or id(function) in seen:
            continue
        seen[id(function)] = name
        yield NamedFunction(name, value, known)


def pairs_in(module: ModuleType, folder: Path, layers: Sequence[str]) -> Discovery:
    """Every pair of a forward and a backward that belong together; and what is nearly one, each in a sentence."""
    found: list[Found] = []
    near: list[str] = []
    every = _on_images(list(functions_in(module, folder)), layers)
    for layer in layers:
        forwards = [f for f in every if f.custom.layer == layer and f.custom.way == "forward"]
        backwards = [f for f in every if f.custom.layer == layer and f.custom.way == "backward"]
        used = set()
        for backward in backwards:
            forward = _forward_for(backward, forwards, backwards)
            if forward is None:
                near.append(f"{backward.name} (line {first_line(backward.function)}) has no forward of its name")
                continue
            used.add(forward.name)
            try:
                found.append(found_pair(forward.function, backward.function, (forward.name, backward.name), layer))
            except CannotOpen as error:
                near.append(str(error))
        near += [
            f"{forward.name} (line {first_line(forward.function)}) has no {_other_way(forward.name)} beside it"
            for forward in forwards
            if forward.name not in used
        ]
    if not layers_named(every) and len(layers) == 1:
        found += _plain_pair(every, layers[0], near)
    return Discovery(tuple(found), tuple(near))


def _on_images(every: list[NamedFunction], layers: Sequence[str]) -> list[NamedFunction]:
    """Functions whose names leave open whether they are for rows or for images, as their forwards show it."""
    for name in {f.custom.layer for f in every}:
        images = layer_on_images(name, layers)
        forwards = [f.function for f in every if f.custom.layer == name and f.custom.way == "forward"]
        distinguished = any(f.custom.layer == images for f in every)
        if images is not None and not distinguished and all(map(of_images, forwards)):
            every = [replace(f, custom=replace(f.custom, layer=images)) if f.custom.layer == name else f for f in every]
    return every


def layers_named(functions: Sequence[NamedFunction]) -> set[str]:
    """The layers that the names speak of."""
    return {f.custom.layer for f in functions if f.custom.layer is not None}


def _plain_pair(every: Sequence[NamedFunction], layer: str, near: list[str]) -> list[Found]:
    """`forward` and `backward` alone, of a layer that is known from elsewhere."""
    ways = {f.custom.way: f for f in every if f.custom.layer is None}
    if len(ways) < 2:
        return []
    try:
        names = (ways["forward"].name, ways["backward"].name)
        return [found_pair(ways["forward"].function, ways["backward"].function, names, layer)]
    except CannotOpen as error:
        near.append(str(error))
        return []


def _forward_for(
    backward: NamedFunction, forwards: Sequence[NamedFunction], backwards: Sequence[NamedFunction]
) -> NamedFunction | None:
    """The forward of the same version; else the one without a version (a backward called …_alt), else the only one."""
    version = backward.custom.version
    same = [f for f in forwards if f.custom.version == version]
    unversioned = [f for f in forwards if not f.custom.version.strip()]
    if same or unversioned:
        return (same or unversioned)[0]
    return forwards[0] if len(forwards) == 1 == len(backwards) else None


def _other_way(name: str) -> str:
    for way, other in (("forward", "backward"), ("Forward", "Backward"), ("fwd", "bwd"), ("fprop", "bprop")):
        if way in name:
            return name.replace(way, other)
    return "backward"


def found_pair(forward: Callable[..., Any], backward: Callable[..., Any], names: tuple[str, str], layer: str) -> Found:
    """The pair as an implementation of `layer`. Raises CannotOpen where it is not known how to call it."""
    known = LAYERS[layer]
    how = as_text(forward_call(forward, known), backward_call(backward, known))
    return Found(layer, names, first_line(forward), how)

"""Which pairs of functions a module holds, by their names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from convcheck.implementations.axes import of_images
from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.functions.backward_call import backward_call
from convcheck.implementations.functions.forward_call import forward_call
from convcheck.implementations.functions.function_pair import as_text
from convcheck.implementations.loading.absent import Absent
from convcheck.implementations.source import CannotOpen, Found
from convcheck.implementations.source_text import line_of, plain
from convcheck.implementations.vocabulary import layer_called, normal
from convcheck.layers.catalogue import LAYERS


@dataclass(frozen=True)
class Named:
    """A function, the name that the module has for it, and what it is by custom."""

    name: str
    function: Callable[..., Any]
    custom: Custom


def functions_in(module: ModuleType, folder: Path) -> Iterator[Named]:
    """The user's own functions with a customary name, once each: not those of libraries, nor of stubs."""
    seen: dict[int, str] = {}
    for name, value in list(vars(module).items()):
        if type(value) is Absent or inspect.isclass(value) or not callable(value):
            continue
        function = plain(value)
        code = getattr(function, "__code__", None)
        known = custom(name)
        if code is None or known is None or not is_theirs(code.co_filename, folder) or id(function) in seen:
            continue
        seen[id(function)] = name
        yield Named(name, value, known)


def pairs_in(module: ModuleType, folder: Path, layers: Sequence[str]) -> tuple[list[Found], list[str]]:
    """Every pair of a forward and a backward that belong together; and what is nearly one, each in a sentence."""
    found: list[Found] = []
    near: list[str] = []
    every = _meant(list(functions_in(module, folder)), layers)
    for layer in layers:
        forwards = [f for f in every if f.custom.layer == layer and f.custom.way == "forward"]
        backwards = [f for f in every if f.custom.layer == layer and f.custom.way == "backward"]
        used = set()
        for backward in backwards:
            forward = _forward_for(backward, forwards, backwards)
            if forward is None:
                near.append(f"{backward.name} (line {line_of(backward.function)}) has no forward of its name")
                continue
            used.add(forward.name)
            try:
                found.append(found_pair(forward.function, backward.function, (forward.name, backward.name), layer))
            except CannotOpen as error:
                near.append(str(error))
        near += [
            f"{forward.name} (line {line_of(forward.function)}) has no {_other_way(forward.name)} beside it"
            for forward in forwards
            if forward.name not in used
        ]
    if not every_layer(every) and len(layers) == 1:
        found += _plain_pair(every, layers[0], near)
    return found, near


def _meant(every: list[Named], layers: Sequence[str]) -> list[Named]:
    """A batchnorm of images is called as one where that is among `layers`, its backward as its forward shows it."""
    forwards = [f for f in every if f.custom.layer == "batchnorm" and f.custom.way == "forward"]
    others = any(f.custom.layer == "spatial_batchnorm" for f in every)
    if others or "spatial_batchnorm" not in layers or not all(of_images(f.function) for f in forwards):
        return every
    return [
        replace(f, custom=replace(f.custom, layer="spatial_batchnorm")) if f.custom.layer == "batchnorm" else f
        for f in every
    ]


def every_layer(functions: Sequence[Named]) -> set[str]:
    """The layers that the names speak of."""
    return {f.custom.layer for f in functions if f.custom.layer is not None}


def _plain_pair(every: Sequence[Named], layer: str, near: list[str]) -> list[Found]:
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


def _forward_for(backward: Named, forwards: Sequence[Named], backwards: Sequence[Named]) -> Named | None:
    """The forward of the same version; else the one without a version (batchnorm_backward_alt), else the only one."""
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
    return Found(layer, names, line_of(forward), how)


Way = Literal["forward", "backward"]

# The longer words first: forwardpass must not be read as forward and a version called pass.
_WAYS: tuple[tuple[Way, str], ...] = (
    ("forward", r"forwardpropagation|forwardprop|forwardpass|forward|fprop|fwd"),
    ("backward", r"backwardpropagation|backpropagation|backwardprop|backwardpass|backprop|backward|bprop|bwd"),
)
# Words of a version that name a part of a layer, not the whole.
_PARTS = re.compile(r"step|inner|helper|single|slice|window|test|check|util|numerical|grad(ient)?$")


@dataclass(frozen=True)
class Custom:
    """`conv_forward_im2col` is layer conv, way forward, version im2col. Plain `forward` has no layer."""

    layer: str | None
    way: Way
    version: str


def custom(name: str) -> Custom | None:
    """What a function of this name is by custom: conv_forward_naive, ConvForward, forward_conv, …; None if nothing."""
    plain = normal(name)
    for way, pattern in _WAYS:
        if found := re.search(pattern, plain):
            before, after = plain[: found.start()], plain[found.end() :]
            if not before and not after:
                return Custom(None, way, "")
            if not before:
                before, after = after, ""
            layer = layer_called(before)
            return None if layer is None or _PARTS.search(after) else Custom(layer, way, after + _less(before, layer))
    return None


def _less(before: str, layer: str) -> str:
    """What the name says beside the layer: fastconv -> fast. It tells versions apart, whatever it is."""
    return "" if before in {layer, normal(layer)} else f" {before}"

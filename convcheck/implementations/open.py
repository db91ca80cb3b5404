"""Opening a source: importing it, seeing what is in it, and binding what was found to a layer's parameters.

There are four kinds of code that can be run. A further one is a folder beside these, whose `discover.py` has

    found(loaded, names, layers) -> Discovery       what of this kind goes by these names, or by a customary one
    bind(module, found, layer, sizes) -> Binding    what makes a pair of it

and an entry in KINDS. Where several kinds find something, all of it is checked.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol, cast

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.loading.absent import Absent, AbsentModule
from convcheck.implementations.loading.load import Loaded, load_source
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.source import Discovery, Found, Source, Survey
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer, Params
from convcheck.spec.nearest import nearest
from convcheck.spec.sizes import Sizes

KINDS = ("adapters", "functions", "classes", "pytorch")


class CodeKind(Protocol):
    """A way in which code is found and run."""

    def found(self, loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
        """What there is of this kind. Raises CannotOpen where what was named cannot be called."""

    def bind(self, module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
        """What makes a pair of what was found. Raises CannotOpen where it cannot be called."""


def survey(source: Source, layers: tuple[str, ...] = ()) -> Survey:
    """Import the source and say which implementations of `layers` (all, if empty) it holds. Runs nothing else of it."""
    try:
        loaded = load_source(source)
    except CannotOpen as error:
        return Survey((), problem=str(error), opened=False)
    try:
        with loaded.running():
            found = _found_in(loaded, source, layers or tuple(LAYERS))
    except CannotOpen as error:
        return Survey((), loaded.missing, str(error))
    return Survey(found, loaded.missing)


def binding_of(source: Source, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the implementation that was found; the source is imported afresh. Raises CannotOpen."""
    loaded = load_source(source)
    with loaded.running():
        for name in found.names:
            _require(loaded.module, name, source)
        binding = _kind(found.kind).bind(loaded.module, found, layer, sizes)

    def bound(params: Params | None) -> Pair:
        with loaded.running():
            return _with_imports_beside(loaded, binding(params))

    return bound


def _kind(name: str) -> CodeKind:
    return cast(CodeKind, import_module(f"convcheck.implementations.{name}.discover"))


def _found_in(loaded: Loaded, source: Source, layers: tuple[str, ...]) -> tuple[Found, ...]:
    """Every implementation of `layers` that the names, or custom, point to. Raises CannotOpen where there is none."""
    for name in source.names:
        _require(loaded.module, name, source)
    found: list[Found] = []
    near: list[str] = []
    for kind in KINDS:
        discovery = _kind(kind).found(loaded, source.names, layers)
        found += discovery.found
        near += discovery.near
        if discovery.alone:
            break
    if not found:
        raise CannotOpen(_why_nothing(loaded.module, source, near, layers))
    unique = {(one.layer, one.names): one for one in found}
    return tuple(sorted(unique.values(), key=lambda one: one.line))


def _require(module: ModuleType, name: str, source: Source) -> None:
    """Raise CannotOpen where the module has no function or class of this name, with the nearest that it has."""
    if not hasattr(module, name):
        known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        near = nearest(name, known)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise CannotOpen(f"{source.place} has no {name}{meant}")
    thing = getattr(module, name)
    if isinstance(thing, (Absent, AbsentModule)):
        raise CannotOpen(f"{name} comes from a module that is not there: {thing!r}")
    if not callable(thing):
        raise CannotOpen(f"{name} in {source.place} is {type(thing).__name__}, neither a function nor a class")


def _why_nothing(module: ModuleType, source: Source, near: list[str], layers: tuple[str, ...]) -> str:
    if source.names:
        name = source.names[0]
        if not inspect.isclass(getattr(module, name)):
            return f"{name} is a function: name forward and backward, {source.place}:{name},BACKWARD"
        return f"{name} may be any layer: give a SPEC, which names it ({', '.join(layers)})"
    if near:
        return f"nothing in {source.place} can be checked: {'; '.join(near)}"
    usual = LAYERS[layers[0]].words.example or f"{layers[0]}_forward and {layers[0]}_backward"
    return (
        f"{source.place} has no function or class with the customary name of a layer, such as {usual}; "
        f"name them: {source.place}:FORWARD,BACKWARD"
    )


def _with_imports_beside(loaded: Loaded, pair: Pair) -> Pair:
    """The pair, run with the modules beside its file within reach."""

    def forward(*inputs: Any) -> tuple[Any, Any]:
        with loaded.running():
            return pair.forward(*inputs)

    def backward(dout: Any, cache: Any) -> Any:
        with loaded.running():
            return pair.backward(dout, cache)

    return pair._replace(forward=forward, backward=backward)

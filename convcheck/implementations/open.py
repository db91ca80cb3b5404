"""Opening a source: importing it, seeing what is in it, and binding what was found to a layer's parameters."""

from __future__ import annotations

from typing import Any

from convcheck.implementations.loading.load import Loaded, load
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.resolving import bind_named, found_in
from convcheck.implementations.source import CannotOpen, Found, Source, Survey
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer, Params
from convcheck.spec.sizes import Sizes


def survey(source: Source, layers: tuple[str, ...] = ()) -> Survey:
    """Import the source and say which implementations of `layers` (all, if empty) it holds. Runs nothing else of it."""
    try:
        loaded = load(source)
    except CannotOpen as error:
        return Survey((), problem=str(error), opened=False)
    try:
        with loaded.running():
            found = found_in(loaded, source, layers or tuple(LAYERS))
    except CannotOpen as error:
        return Survey((), loaded.missing, str(error))
    return Survey(found, loaded.missing)


def binding_of(source: Source, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the implementation that was found; the source is imported afresh. Raises CannotOpen."""
    loaded = load(source)
    with loaded.running():
        binding = bind_named(loaded, source, found, layer, sizes)

    def bound(params: Params | None) -> Pair:
        with loaded.running():
            return _beside(loaded, binding(params))

    return bound


def _beside(loaded: Loaded, pair: Pair) -> Pair:
    """The pair, run with the modules beside its file within reach."""

    def forward(*inputs: Any) -> tuple[Any, Any]:
        with loaded.running():
            return pair.forward(*inputs)

    def backward(dout: Any, cache: Any) -> Any:
        with loaded.running():
            return pair.backward(dout, cache)

    return pair._replace(forward=forward, backward=backward)

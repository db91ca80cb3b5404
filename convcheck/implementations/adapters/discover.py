"""An adapter: the few lines that say how code is called which cannot be called by guessing.

A Python file that names its layer and defines two functions:

    layer = "…"                              one of those that `convcheck layers` lists
    forward(x, …)         -> out, cache      the cache is yours: whatever backward needs
    backward(dout, cache) -> dx, …           a gradient for each input, in their order; a bare dx where x is all

Of a layer with several outputs: forward(x, …) -> next_h, next_c, cache; backward(dnext_h, dnext_c, cache) -> dx, ….

forward is called by the names of its parameters, in any order: the inputs, the parameters and the sizes of the layer.
Take those that you need; `convcheck init LAYER --impl FILE` writes a first text. Where forward leaves running
statistics behind, an adapter may also define `running(cache)`, which returns them. docs/own-code.md has examples.
"""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any

from convcheck.implementations.arguments import EMPTY, parameters_of, require_accepted, values_of
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.raised import called
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.own_constants import with_own_constants
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.side_by_side import joined, parted
from convcheck.implementations.source import Discovery, Found
from convcheck.implementations.unwritten import require_written, returned_none
from convcheck.implementations.vocabulary import rare_settings
from convcheck.layers.catalogue import FORMS, LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.layer_keys import nearest_layer
from convcheck.spec.nearest import nearest
from convcheck.spec.sizes import Sizes


def is_adapter(module: ModuleType) -> bool:
    """Whether it says `layer = "…"` and defines forward and backward."""
    parts = (getattr(module, "forward", None), getattr(module, "backward", None))
    return isinstance(getattr(module, "layer", None), str) and all(map(callable, parts))


def found(loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
    """What an adapter adapts, where that is one of `layers`: all that there is in its file.

    Raises CannotOpen for an unknown layer or parameter.
    """
    module = loaded.module
    if len(names) > 1 or not is_adapter(module):
        return Discovery()
    name = module.layer
    if name not in LAYERS:
        meant = nearest_layer(name, FORMS)
        hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
        raise CannotOpen(f"layer = {name!r}: expected one of {', '.join(LAYERS)}{hint}")
    asked = _names(module, LAYERS[name])
    if name not in layers:
        return Discovery(alone=True)
    line = getattr(getattr(module.forward, "__code__", None), "co_firstlineno", 1)
    # No names: what is found is the file, and `FILE.py:forward,backward` would be two functions like any others.
    how, takes = f"forward({', '.join(asked)}), backward(dout, cache)", rare_settings(asked, LAYERS[name])
    found = Found(name, (), line, how, "adapters", takes=takes)
    return Discovery((found,), alone=True)


def bind(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the adapter's two functions. Raises CannotOpen for a parameter that the layer has not."""
    names = _names(module, layer)
    if lacking := [name for name in layer.words.optional if name in layer.input_names and name not in names]:
        raise CannotOpen(f"forward of the adapter does not ask for {lacking[0]}")
    # A setting may be asked for by the adapter's name for it; weights tell their sizes by their shape.
    accepted = {*names, *(key for key, text in layer.words.in_adapters.items() if text in names)}

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        return _pair(module, layer, sizes, params, names, accepted)

    def make(params: Params | None) -> Pair:
        return with_own_constants(bare, layer, sizes, params, lambda key, cache: key in accepted)

    return make


def _pair(
    module: ModuleType, layer: Layer, sizes: Sizes, params: Params | None, names: list[str], accepted: set[str]
) -> Pair:
    last: list[Any] = []

    def forward(*inputs: Array) -> tuple[Any, Any]:
        require_written(module.forward, "forward", "forward")
        values = values_of(layer, sizes, params)
        require_accepted("forward of the adapter", accepted, layer, values)
        values |= dict(zip(layer.input_names, inputs, strict=True))
        returned = called("forward", module.forward, (), {name: values.get(name) for name in names}, sizes.in_words)
        if returned is None:
            raise returned_none(module.forward, "forward", "forward")
        if layer.outputs and isinstance(returned, tuple) and returned:
            out, rest = joined(returned, layer)
            returned = (out, *rest)
        last[:] = [returned[1]] if isinstance(returned, tuple) and len(returned) == 2 else []
        # Anything else than (out, cache) is for the check to say.
        return returned  # type: ignore[no-any-return]

    def backward(dout: Array, cache: Any) -> Any:
        require_written(module.backward, "backward", "backward")
        gradients = called("backward", module.backward, (*parted(dout, layer), cache), {}, sizes.in_words)
        if gradients is None:
            raise returned_none(module.backward, "backward", "backward")
        return gradients

    def state() -> dict[str, Any]:
        running = getattr(module, "running", None)
        return dict(zip(layer.words.running, running(last[0]), strict=True)) if callable(running) and last else {}

    return Pair(module.__name__, forward, backward, state)


def names_known(layer: Layer) -> list[str]:
    """What the parameters of an adapter's forward may be called: inputs, parameters, sizes."""
    fields = (field.name for field in dataclasses.fields(layer.sizes))
    return list(dict.fromkeys([*layer.input_names, *layer.parameters, *fields]))


def _names(module: ModuleType, layer: Layer) -> list[str]:
    """The parameters of the adapter's forward that are given. Raises CannotOpen for one that has no meaning."""
    known = names_known(layer)
    chosen = []
    for parameter in parameters_of(module.forward, "forward"):
        if parameter.name in known and parameter.kind is not parameter.POSITIONAL_ONLY:
            chosen.append(parameter.name)
        elif parameter.default is EMPTY:
            meant = nearest(parameter.name, known)
            hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
            raise CannotOpen(
                f"forward of the adapter: {parameter.name!r} is no name of {layer.name}: "
                f"there are {', '.join(known)}{hint}"
            )
    return chosen

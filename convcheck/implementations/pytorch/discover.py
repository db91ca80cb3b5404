"""PyTorch: a torch.autograd.Function, an nn.Module or a function on tensors; what is tested is what autograd runs.

PyTorch is never imported here: where the code under test has not imported it, nothing of that code is PyTorch's.
"""

from __future__ import annotations

import inspect
from functools import partial
from types import ModuleType
from typing import Any

from convcheck.implementations.arguments import parameters_of, values_of
from convcheck.implementations.axes import layer_meant, require_channels_first
from convcheck.implementations.classes.instance import constructor, names_told
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.functions.forward_call import forward_call
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.own_constants import in_own_form, with_own_constants
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.pytorch.autograd import AutogradPair, PreparedCall
from convcheck.implementations.pytorch.autograd_function import of_function_class, parameters_of_apply
from convcheck.implementations.pytorch.module import of_module
from convcheck.implementations.size_spelling import Spelling
from convcheck.implementations.source import Discovery, Found, NotChecked
from convcheck.implementations.source_text import definition_line
from convcheck.implementations.tensors import is_torch, loaded_torch, params_on_tensors
from convcheck.implementations.trial import require_axes_in_order, trial, usual_params
from convcheck.implementations.vocabulary import is_among, layer_called, rare_settings
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer, Params
from convcheck.spec.sizes import Sizes


def found(loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
    """What of PyTorch's goes by this name, or all that has a customary name of one of `layers`."""
    module = loaded.module
    if not names:
        return Discovery(*torch_in(module, layers))
    thing = getattr(module, names[0])
    if len(names) > 1 or not is_torch(thing):
        return Discovery()
    chosen = tuple(f for f in found_torch(module, layers) if f.names == names)
    return Discovery(chosen or (tuple(found_thing(thing, layer) for layer in layers) if len(layers) == 1 else ()))


def found_torch(module: ModuleType, layers: tuple[str, ...]) -> tuple[Found, ...]:
    """What of PyTorch's `module` defines under a customary name of one of `layers`, in the order of the lines."""
    return torch_in(module, layers)[0]


def torch_in(module: ModuleType, layers: tuple[str, ...]) -> tuple[tuple[Found, ...], tuple[NotChecked, ...]]:
    """These things, and those with such a name that cannot be called.

    As with classes, a name may leave open whether the layer is that of rows or of images: see `layer_meant`.
    """
    found: list[Found] = []
    near: list[NotChecked] = []
    for name, thing in defined_in(module).items():
        if getattr(thing, "__module__", None) != module.__name__ or not is_torch(thing):
            continue
        layer = layer_meant(layer_called(name), thing, layers)
        if layer is None or not is_among(layer, layers):
            continue
        try:
            found.append(found_thing(thing, layer))
        except CannotOpen as error:
            near.append(NotChecked((name,), definition_line(thing), str(error)))
    return tuple(sorted(found, key=lambda f: f.line)), tuple(near)


def found_thing(thing: Any, layer: str) -> Found:
    """A thing of PyTorch's as an implementation of `layer`, whatever it is called. Raises CannotOpen."""
    forward = getattr(thing, "forward", thing)
    inputs = parameters_of_apply(thing) if _is_function_class(thing) else parameters_of(forward, thing.__name__)
    names = tuple(p.name for p in inputs if p.name != "self")
    require_channels_first(forward, LAYERS[layer], names)
    line = definition_line(thing)
    name = thing.__name__
    if _is_function_class(thing):
        how = f"{name}.apply({', '.join(p.name for p in parameters_of_apply(thing))})"
    elif inspect.isclass(thing):
        how = f"{name}({', '.join(p.name for p in constructor(thing))})(x)"
    else:
        how = f"{name}({', '.join(p.name for p in parameters_of(thing, name))})"
    of_class = inspect.isclass(thing)
    known = LAYERS[layer]
    takes = rare_settings(names_told(thing), known) if of_class else forward_call(thing, known).takes()
    return Found(layer, (name,), line, f"{how}, torch.autograd.grad", "pytorch", takes=takes)


def bind(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` that calls it on tensors on the CPU and has autograd differentiate.

    Runs it once, on numbers that mean nothing. Raises CannotOpen for what cannot be guessed.
    """
    thing = getattr(module, found.names[0])
    if _is_function_class(thing):
        ready: Any = partial(of_function_class, thing, layer)
    elif inspect.isclass(thing):
        ready = partial(of_module, thing, layer)
    else:
        ready = partial(_of_function, thing, layer)

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        return AutogradPair(thing, layer, sizes, partial(ready, sizes, params)).pair()

    def accepts(key: str, run: Any) -> bool:
        return key in run.ready.accepted if inspect.isclass(thing) else forward_call(thing, layer).accepts(key)

    made, own, sizes, accepted = in_own_form(bare, layer, sizes, accepts)

    def make(params: Params | None) -> Pair:
        return with_own_constants(made, own, sizes, params, accepted)

    if not _is_function_class(thing) and inspect.isclass(thing):
        require_axes_in_order(made, own, sizes)
    trial(make(usual_params(own, sizes)), own, sizes)
    return make


def _is_function_class(thing: Any) -> bool:
    torch = loaded_torch()
    return inspect.isclass(thing) and issubclass(thing, torch.autograd.Function)


def _of_function(
    function: Any, layer: Layer, sizes: Sizes, params: Params | None, inputs: dict[str, Any], spelling: Spelling
) -> PreparedCall:
    # Its text shows how it wants to be told, so that there is no spelling to find out.
    call = forward_call(function, layer)
    values = values_of(layer, sizes, params_on_tensors(params))
    positional, keywords = call.arguments(list(inputs.values()), values)
    return PreparedCall(function, tuple(positional), keywords, inputs, set())

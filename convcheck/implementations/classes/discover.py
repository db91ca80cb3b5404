"""Classes with a forward and a backward method: finding them by their names, and binding one to a layer.

What there is in the world: `Convolution(W, b, stride=1, pad=0)` and `Conv2d(in_channels, out_channels, kernel_size,
stride=1, padding=0)`; backward that returns (dx, dw, db), or dx with the rest left in .dW, .grads["W"], .W.grad, or
W -= learning_rate * dW. Parameters and attributes are matched by name in the words of the
layer. What is ambiguous is said, not guessed: an odd class gets an adapter.
"""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

from convcheck.implementations.arguments import parameters_of
from convcheck.implementations.axes import NO_INPUTS, layer_meant, require_channels_first
from convcheck.implementations.classes.class_pair import ClassPair
from convcheck.implementations.classes.instance import both_methods, constructor, names_told
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.functions.function_pair import binding_of_functions
from convcheck.implementations.functions.static_classes import as_functions, is_contextual
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.on_tensors import TensorCache, on_tensors
from convcheck.implementations.own_constants import in_own_form, with_own_constants
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.source import Discovery, Found, NotChecked
from convcheck.implementations.source_text import definition_line, first_line
from convcheck.implementations.tensors import is_torch, keeps_graph, params_on_tensors, uses_torch
from convcheck.implementations.trial import require_axes_in_order, trial, usual_params
from convcheck.implementations.vocabulary import is_among, layer_called, rare_settings
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Layer, Params
from convcheck.layers.packed import packed_words
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes


def found(loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
    """The class of this name, or all that have a customary name of one of `layers`."""
    module = loaded.module
    if not names:
        return Discovery(*classes_in(module, layers))
    kind = getattr(module, names[0])
    if len(names) > 1 or not inspect.isclass(kind) or is_torch(kind):
        return Discovery()
    chosen = tuple(f for f in found_classes(module, layers) if f.names == names)
    return Discovery(chosen or (tuple(found_class(kind, layer) for layer in layers) if len(layers) == 1 else ()))


def found_classes(module: ModuleType, layers: tuple[str, ...]) -> tuple[Found, ...]:
    """The classes that `module` defines under a customary name of one of `layers`, in the order of their lines."""
    return classes_in(module, layers)[0]


def classes_in(module: ModuleType, layers: tuple[str, ...]) -> tuple[tuple[Found, ...], tuple[NotChecked, ...]]:
    """These classes, and those with such a name that have no forward and backward by one, or cannot be made.

    A name may leave open whether the layer is that of rows or of images: see `layer_meant`.
    """
    found: list[Found] = []
    near: list[NotChecked] = []
    for name, kind in defined_in(module).items():
        if not inspect.isclass(kind) or kind.__module__ != module.__name__:
            continue
        layer = layer_meant(layer_called(name), kind, layers)
        if layer is None or not is_among(layer, layers):
            continue
        try:
            one = found_class(kind, layer)
            _require_parameters(kind, LAYERS[layer])
            found.append(one)
        except CannotOpen as error:
            near.append(NotChecked((name,), definition_line(kind), str(error)))
    return tuple(sorted(found, key=lambda f: f.line)), tuple(near)


def _require_parameters(kind: type[Any], layer: Layer) -> None:
    """Raise CannotOpen where the layer has parameters, and nothing in the class is called as one of them.

    A class Linear may be the activation that does nothing.
    """
    parameters = layer.input_names[1:]
    wanted = frozenset().union(packed_words(layer), *(layer.words.inputs[name] for name in parameters))
    members = [member for one in kind.__mro__ if one is not object for member in vars(one).values()]
    codes = [code for member in members if (code := getattr(inspect.unwrap(member), "__code__", None)) is not None]
    names = {name for code in codes for name in (*code.co_names, *code.co_varnames, *code.co_consts)}
    if wanted and not any(isinstance(name, str) and normal(name) in wanted for name in names):
        raise CannotOpen(f"nothing in it is called as {' or '.join(parameters)} of {layer.name} would be")


def is_layer_class(thing: Any) -> bool:
    """Whether it is a class with a forward and a backward method of its own making."""
    if not inspect.isclass(thing):
        return False
    try:
        both_methods(thing)
    except CannotOpen:
        return False
    return True


def found_class(kind: type[Any], layer: str) -> Found:
    """The class as an implementation of `layer`, whatever it is called. Raises CannotOpen where it lacks a method."""
    forward, backward = both_methods(kind)
    line = definition_line(kind)
    taken = parameters_of(getattr(kind, forward), kind.__name__)
    require_channels_first(
        getattr(kind, forward), LAYERS[layer], tuple(p.name for p in taken if normal(p.name) not in NO_INPUTS)
    )
    takes = rare_settings(names_told(kind), LAYERS[layer])
    if is_contextual(kind, forward, backward):
        wanted = ", ".join(p.name for p in parameters_of(getattr(kind, forward), kind.__name__))
        how = f"{kind.__name__}.{forward}({wanted}), .{backward}(ctx, dout)"
        return Found(layer, (kind.__name__,), line, how, "classes", first_line(getattr(kind, backward)), takes)
    called = "" if forward == "__call__" else f".{forward}"
    made = ", ".join(p.name for p in constructor(kind))
    given, back = "x", "dout"
    if LAYERS[layer].states:
        # What a step is handed beside x, in its own names.
        given = ", ".join(p.name for p in taken if p.name != "self")
        back = ", ".join(p.name for p in parameters_of(getattr(kind, backward), kind.__name__) if p.name != "self")
    how = f"{kind.__name__}({made}){called}({given}), .{backward}({back})"
    return Found(layer, (kind.__name__,), line, how, "classes", first_line(getattr(kind, backward)), takes)


def bind(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the class, a new instance for every forward.

    Runs it once, on numbers that mean nothing. Raises CannotOpen for what cannot be guessed. Methods that are not
    written yet raise NotWritten when they are called.
    """
    return binding_of_class(getattr(module, found.names[0]), layer, sizes)


def binding_of_class(kind: type[Any], layer: Layer, sizes: Sizes) -> Binding:
    """The same of a class that need not be one of the module's."""
    methods = both_methods(kind)
    if is_contextual(kind, *methods):
        return binding_of_functions(*as_functions(kind, *methods), layer, sizes, kind.__name__)
    tensors = uses_torch(kind)

    def bare(sizes: Sizes, params: Params | None) -> Pair:
        if tensors:
            return on_tensors(ClassPair(kind, layer, sizes, params_on_tensors(params)).pair(), keeps_graph(kind))
        return ClassPair(kind, layer, sizes, params).pair()

    def accepts(key: str, cache: Any) -> bool:
        run = cache.cache if isinstance(cache, TensorCache) else cache
        return key in run.instance.accepted

    made, own, sizes, accepted = in_own_form(bare, layer, sizes, accepts)

    def make(params: Params | None) -> Pair:
        return with_own_constants(made, own, sizes, params, accepted)

    require_axes_in_order(made, own, sizes)
    trial(make(usual_params(own, sizes)), own, sizes)
    return make

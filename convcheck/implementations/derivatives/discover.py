"""Activations with a derivative in place of a backward pass: finding them by their names, and binding one to a layer.

What there is in the world: `f(z)` beside `f_prime(z)`; `f(x, derivative=False)`; classes with `__call__`
and `gradient`, or whose `backward()` is handed nothing. None of them knows of dout.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from convcheck.implementations.classes.discover import binding_of_class
from convcheck.implementations.classes.instance import constructor
from convcheck.implementations.derivatives.names import (
    flag_of,
    functions_derived,
    is_of_one_number,
    is_upstream,
    methods_of,
    needed,
)
from convcheck.implementations.derivatives.passes import as_class, as_functions, with_argument_found
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.errors.ownership import is_theirs
from convcheck.implementations.functions.backward_call import backward_call
from convcheck.implementations.functions.forward_call import forward_call
from convcheck.implementations.functions.function_pair import binding_of_functions
from convcheck.implementations.functions.names import own_name
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.pair import Binding
from convcheck.implementations.source import Discovery, Found
from convcheck.implementations.source_text import definition_line, first_line, undecorated
from convcheck.implementations.tensors import is_torch, uses_torch
from convcheck.implementations.vocabulary import layer_called
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.entrywise import is_function_of_entries
from convcheck.layers.layer import Layer
from convcheck.layers.words import normal
from convcheck.spec.sizes import Sizes

Named = dict[str, Callable[..., Any]]


def found(loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
    """What of this kind has these names, or all that has a customary name of one of `layers`."""
    every = {name: thing for name, thing in defined_in(loaded.module).items() if not names or name in names}
    kinds = {name: thing for name, thing in every.items() if inspect.isclass(thing) and _is_own(thing, loaded)}
    functions = {name: thing for name, thing in every.items() if _is_function(thing, loaded)}
    # Where nothing but one layer is asked for, what is named is of that, whatever its name.
    layer_of = (lambda name: layers[0]) if names and len(layers) == 1 else _layer_of
    these = [one for name, kind in kinds.items() for one in _class(kind, layer_of(name))]
    these += _functions(functions, layer_of)
    named = [one for one in these if one.layer in layers and (not names or {*one.names} == {*names})]
    chosen = [one for one in named if is_function_of_entries(LAYERS[one.layer])]
    return Discovery(tuple(chosen))


def bind(module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the value and the derivative. Raises CannotOpen for what cannot be guessed."""
    things = [getattr(module, name) for name in found.names]
    if inspect.isclass(things[0]):
        methods = methods_of(things[0])
        assert methods is not None
        kind, argument = as_class(things[0], *methods)
        return with_argument_found(binding_of_class(kind, layer, sizes), argument, f"{kind.__name__}.{methods[1]}")
    flag = flag_of(things[0]) if len(things) == 1 else None
    forward, backward, argument = as_functions(things[0], things[-1], flag)
    binding = binding_of_functions(forward, backward, layer, sizes, ",".join(found.names))
    return with_argument_found(binding, argument, things[-1].__name__)


def _layer_of(name: str) -> str | None:
    """The layer whose value a function or a class of this name gives."""
    passes = own_name(name)
    word = passes.layer if passes is not None and passes.way == "forward" and passes.layer else name
    return layer_called(word)


def _class(kind: type[Any], layer: str | None) -> Iterator[Found]:
    methods = methods_of(kind)
    if methods is None or layer is None:
        return
    value, derivative = methods
    made = ", ".join(p.name for p in constructor(kind))
    called = "" if value == "__call__" else f".{value}"
    how = f"dout * {kind.__name__}({made}).{derivative}(), of {kind.__name__}{called}(x)"
    line, back = definition_line(kind), first_line(getattr(kind, derivative))
    yield Found(layer, (kind.__name__,), line, how, "derivatives", back)


def _functions(functions: Named, layer_of: Callable[[str], str | None]) -> Iterator[Found]:
    derivatives = {name: [*functions_derived(name), *_backward_of(name)] for name in functions}
    for name, function in functions.items():
        layer = layer_of(name)
        # A derivative may have a name that is a layer's, too, where all are of one.
        if layer is None or not is_function_of_entries(LAYERS[layer]):
            continue
        if flag_of(function) is not None:
            yield from _pair((name,), function, function, layer)
            continue
        passes = own_name(name)
        called = {normal(name), normal(passes.layer or "") if passes is not None else ""}
        for other, derived in derivatives.items():
            if called & {*derived} and other != name:
                yield from _pair((name, other), function, functions[other], layer)


def _backward_of(name: str) -> Iterator[str]:
    passes = own_name(name)
    if passes is not None and passes.way == "backward" and passes.layer:
        yield normal(passes.layer)


def _pair(
    names: Sequence[str], function: Callable[..., Any], derivative: Callable[..., Any], layer: str
) -> Iterator[Found]:
    """The two, where nothing but numbers stands beside the argument; one that is given dout is a backward."""
    flag, known = flag_of(function) if len(names) == 1 else None, LAYERS[layer]
    wanted = needed(derivative)
    if not wanted or (len(wanted) == 1 and is_upstream(wanted[0])):
        return
    # One that is called as a backward is one, but for what is given no dout.
    if own_name(derivative.__name__) is not None and not is_of_one_number(derivative, known):
        return
    kind = "functions" if any(map(is_upstream, wanted)) else "derivatives"
    try:
        if kind == "functions":
            forward, backward = function, derivative
        else:
            forward, backward, _ = as_functions(function, derivative, flag)
        called, back = forward_call(forward, known), backward_call(backward, known)
    except CannotOpen:
        return
    if kind == "derivatives" and len(back.needed) > 1 and not all(s.key for s in back.settings[2:]):
        return
    of = f"{derivative.__name__}({wanted[0].name}{f', {flag}=True' if flag else ''})"
    how = f"{called.text()}; {back.text()}" if kind == "functions" else f"{called.text()}; dout * {of}"
    yield Found(layer, tuple(names), first_line(function), how, kind, first_line(derivative))


def _is_function(thing: Any, loaded: Loaded) -> bool:
    code = getattr(undecorated(thing), "__code__", None)
    return inspect.isfunction(thing) and code is not None and is_theirs(code.co_filename, loaded.folder)


def _is_own(kind: type[Any], loaded: Loaded) -> bool:
    return kind.__module__ == loaded.module.__name__ and not is_torch(kind) and not uses_torch(kind)

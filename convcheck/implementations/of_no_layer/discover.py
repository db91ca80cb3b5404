"""What in a source is a network, or any function that a spec or a person names; and how it is run.

It is no kind of `open.KINDS`: what it finds is of no layer, so that nothing is known of what forward should compute.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from convcheck.implementations.classes.instance import both_methods, constructor
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.of_no_layer.differentiable import Differentiable, drawn_array, in_words
from convcheck.implementations.of_no_layer.functions import opened_function
from convcheck.implementations.of_no_layer.hips_passes import is_hips
from convcheck.implementations.of_no_layer.jax_passes import is_jax, loaded_jax
from convcheck.implementations.of_no_layer.networks import is_network, opened, taken_by
from convcheck.implementations.of_no_layer.passes import keywords_of
from convcheck.implementations.of_no_layer.told_shapes import told_inputs
from convcheck.implementations.source import UNTOLD, Found
from convcheck.implementations.source_text import definition_line, first_line
from convcheck.implementations.tensors import is_torch, loaded_torch
from convcheck.layers.draws import Draws
from convcheck.spec.inputs import FunctionSizes, NetworkSizes, OpenSizes
from convcheck.spec.showing import listed

KIND = "of_no_layer"


def networks_in(module: ModuleType, names: tuple[str, ...]) -> list[Found]:
    """The networks that the module defines, or those of these names."""
    return [*_networks(module, names)]


def functions_in(module: ModuleType, pairs: Sequence[tuple[str, ...]]) -> list[Found]:
    """The one function that the module has. `pairs` are the names of pairs and classes on arrays.

    Raises CannotOpen where there are several, since a spec's inputs are those of one, and where there is none.
    """
    own = [name for name, thing in defined_in(module).items() if _is_own(module, thing) and not name.startswith("_")]
    things = {name: getattr(module, name) for name in own}
    found: list[tuple[str, ...]] = [*pairs]
    torch = loaded_torch()
    if torch is not None:
        kinds = (torch.autograd.Function, torch.nn.Module)
        found += [(name,) for name, thing in things.items() if inspect.isclass(thing) and issubclass(thing, kinds)]
    jax = loaded_jax()
    if jax is not None:
        of_jax = [(name,) for name, thing in vars(module).items() if isinstance(thing, jax.custom_vjp)]
        # What these are made of is a pair of functions, too.
        found = [*of_jax] or found
    unique = list(dict.fromkeys(found))
    if len(unique) == 1:
        return [found_function(module, unique[0])]
    which = listed([",".join(names) for names in unique], "or")
    raise CannotOpen(
        f"it is not said which function is meant: name {which or 'FORWARD,BACKWARD, or a class'} after the file"
    )


def found_named(module: ModuleType, names: tuple[str, ...], layer: str) -> Found:
    """What goes by these names, as the code of no `layer` that a spec has it for. Raises CannotOpen."""
    if layer == NetworkSizes.called:
        thing = getattr(module, names[0])
        if len(names) > 1 or not inspect.isclass(thing):
            raise CannotOpen(f"{','.join(names)} is no class, and a network keeps its parameters")
        return found_network(thing)
    return found_function(module, names)._replace(inputs=_inputs_of(module, names))


def _is_own(module: ModuleType, thing: Any) -> bool:
    return getattr(thing, "__module__", None) == module.__name__


def _networks(module: ModuleType, names: tuple[str, ...]) -> Iterator[Found]:
    for name, thing in defined_in(module).items():
        if (names and name not in names) or not inspect.isclass(thing) or thing.__module__ != module.__name__:
            continue
        if not is_torch(thing) and is_network(thing):
            yield found_network(thing)


def found_network(kind: type[Any]) -> Found:
    """A class as a network, whatever it looks like."""
    told = ", ".join(p.name for p in constructor(kind))
    how = f"{kind.__name__}({told}).loss(X, y), gradients by the names of its parameters"
    return Found(NetworkSizes.called, (kind.__name__,), definition_line(kind), how, KIND, takes=taken_by(kind))


def found_function(module: ModuleType, names: tuple[str, ...]) -> Found:
    """A pair of functions, or one thing, that goes by these names. Raises CannotOpen for what has no backward."""
    things = [getattr(module, name) for name in names]
    thing = things[0]
    if len(things) == 2:
        how = f"{names[0]}({', '.join(keywords_of(thing))}), {names[1]}(dout, cache)"
    elif is_torch(thing):
        how = f"{names[0]}, torch.autograd.grad"
    elif is_jax(thing):
        how = f"{names[0]}, jax.vjp"
    elif is_hips(thing):
        how = f"{names[0]}, its defvjp"
    elif inspect.isclass(thing):
        forward, backward = both_methods(thing)
        how = f"{names[0]}({', '.join(p.name for p in constructor(thing))}).{forward}, .{backward}(dout)"
    else:
        how = f"{names[0]}({', '.join(keywords_of(thing))}) → value, gradients"
    line = first_line(thing) or definition_line(thing)
    return Found(FunctionSizes.called, names, line, how, KIND)


def told_function(module: ModuleType, names: tuple[str, ...]) -> Found | None:
    """What goes by these names as a function of no layer, where its text tells the shapes of what it takes."""
    try:
        found = found_function(module, names)
    except CannotOpen:
        return None
    inputs = _inputs_of(module, names)
    return found._replace(inputs=inputs) if inputs and not any(one.endswith(UNTOLD) for one in inputs) else None


def _inputs_of(module: ModuleType, names: tuple[str, ...]) -> tuple[str, ...]:
    thing: Any = getattr(module, names[0])
    forward = thing
    if inspect.isclass(thing):
        forward = getattr(thing, "forward" if is_torch(thing) else both_methods(thing)[0])
    return told_inputs(getattr(forward, "fun", forward), (forward, thing, module))


def open_found(module: ModuleType, found: Found, sizes: OpenSizes, dtype: np.dtype[Any], rng: Draws) -> Differentiable:
    """What was found, at arrays that are drawn as the spec says. Raises CannotOpen for what cannot be called so."""
    arrays = {each.name: drawn_array(each, dtype, rng) for each in sizes.inputs}
    if isinstance(sizes, FunctionSizes):
        return opened_function(module, found.names, sizes, arrays, dtype, rng)
    kind = getattr(module, found.names[0])
    return opened(kind, dict(sizes.settings), arrays, dtype, rng, partial(in_words, arrays))

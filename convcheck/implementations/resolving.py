"""What names mean in a module: functions, a class, something of PyTorch's, an adapter; and who knows how to bind it."""

from __future__ import annotations

import inspect
from functools import partial
from types import ModuleType
from typing import Any

from convcheck.implementations.functions.discover import custom, found_pair, pairs_in
from convcheck.implementations.functions.function_pair import pair_of
from convcheck.implementations.loading.absent import Absent, AbsentModule
from convcheck.implementations.loading.load import Loaded
from convcheck.implementations.pair import Binding
from convcheck.implementations.source import CannotOpen, Found, Source
from convcheck.layers.layer import Layer
from convcheck.spec.nearest import nearest
from convcheck.spec.sizes import Sizes


def found_in(loaded: Loaded, source: Source, layers: tuple[str, ...]) -> tuple[Found, ...]:
    """Every implementation of `layers` that the names, or custom, point to. Raises CannotOpen where there is none."""
    # Each kind of implementation is loaded only where somebody's code may be of that kind.
    from convcheck.implementations.adapters import adapter  # noqa: PLC0415
    from convcheck.implementations.classes import discover as classes  # noqa: PLC0415
    from convcheck.implementations.pytorch import discover as torch_code  # noqa: PLC0415

    module = loaded.module
    if len(source.names) == 2:
        return _given_pair(module, source, layers)
    if adapter.is_adapter(module):
        return _some(adapter.found_in_adapter(module, layers), source, [], layers)
    if len(source.names) == 1:
        return _given_one(module, source, layers)
    pairs, near = pairs_in(module, loaded.folder, layers)
    found = [*pairs, *classes.found_classes(module, layers), *torch_code.found_torch(module, layers)]
    near += classes.nearly_classes(module, layers)
    unique = {(f.layer, f.names): f for f in found}
    return _some(tuple(sorted(unique.values(), key=lambda f: f.line)), source, near, layers)


def bind_named(loaded: Loaded, source: Source, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """The binding of what was found. Raises CannotOpen where it is not there any more, or cannot be called."""
    from convcheck.implementations.adapters import adapter  # noqa: PLC0415
    from convcheck.implementations.classes import discover as classes  # noqa: PLC0415
    from convcheck.implementations.pytorch import discover as torch_code  # noqa: PLC0415

    module = loaded.module
    if len(found.names) == 2:
        forward, backward = (named(module, name, source) for name in found.names)
        return partial(pair_of, forward, backward, layer, sizes, ",".join(found.names))
    if adapter.is_adapter(module):
        return adapter.bind_adapter(module, found, layer, sizes)
    thing = named(module, found.names[0], source)
    if torch_code.is_torch(thing):
        return torch_code.bind_torch(module, found, layer, sizes)
    return classes.bind_class(module, found, layer, sizes)


def named(module: ModuleType, name: str, source: Source) -> Any:
    """What the module has by that name. Raises CannotOpen with the nearest name where it has none."""
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
    return thing


def _given_pair(module: ModuleType, source: Source, layers: tuple[str, ...]) -> tuple[Found, ...]:
    names = (source.names[0], source.names[1])
    forward, backward = (named(module, name, source) for name in names)
    layer = _layer_of(names, layers)
    return (found_pair(forward, backward, names, layer),)


def _layer_of(names: tuple[str, ...], layers: tuple[str, ...]) -> str:
    if len(layers) == 1:
        return layers[0]
    meant = {known.layer for name in names if (known := custom(name)) is not None} - {None}
    told = [layer for layer in layers if layer in meant]
    if len(told) == 1:
        return told[0]
    raise CannotOpen(f"{' and '.join(names)} may be any layer: give a SPEC, which names it ({', '.join(layers)})")


def _given_one(module: ModuleType, source: Source, layers: tuple[str, ...]) -> tuple[Found, ...]:
    from convcheck.implementations.classes import discover as classes  # noqa: PLC0415
    from convcheck.implementations.pytorch import discover as torch_code  # noqa: PLC0415

    name = source.names[0]
    thing = named(module, name, source)
    if torch_code.is_torch(thing):
        found = torch_code.found_torch(module, layers)
    elif inspect.isclass(thing):
        found = classes.found_classes(module, layers)
    else:
        raise CannotOpen(f"{name} is a function: name forward and backward, {source.place}:{name},BACKWARD")
    chosen = tuple(f for f in found if f.names == (name,))
    if not chosen and len(layers) == 1:
        known = torch_code.found_thing if torch_code.is_torch(thing) else classes.found_class
        chosen = (known(thing, layers[0]),)
    if not chosen:
        raise CannotOpen(f"{name} may be any layer: give a SPEC, which names it ({', '.join(layers)})")
    return chosen


def _some(found: tuple[Found, ...], source: Source, near: list[str], layers: tuple[str, ...]) -> tuple[Found, ...]:
    if found:
        return found
    if near:
        raise CannotOpen(f"nothing in {source.place} can be checked: {'; '.join(near)}")
    example = {"conv": "conv_forward_naive and conv_backward_naive", "max_pool": "max_pool_forward and its backward"}
    usual = example.get(layers[0], f"{layers[0]}_forward and {layers[0]}_backward")
    raise CannotOpen(
        f"{source.place} has no function or class with the customary name of a layer, such as {usual}; "
        f"name them: {source.place}:FORWARD,BACKWARD"
    )

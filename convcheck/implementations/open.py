"""Opening a source: importing it, seeing what is in it, and binding what was found to a layer's parameters.

There are five kinds of code that can be run. A further one is a folder beside these, whose `discover.py` has

    found(loaded, names, layers) -> Discovery       what of this kind goes by these names, or by a customary one
    bind(module, found, layer, sizes) -> Binding    what makes a pair of it

and an entry in KINDS. Where several kinds find something, all of it is checked.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol, cast

from convcheck.implementations import forms
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.functions.loss_pair import as_one_number
from convcheck.implementations.loading.absent import Absent, AbsentModule
from convcheck.implementations.loading.defined import defined_in
from convcheck.implementations.loading.load import Loaded, load_source
from convcheck.implementations.module_snapshot import modules_kept
from convcheck.implementations.not_checked import not_checked
from convcheck.implementations.of_no_layer.discover import (
    found_named,
    functions_in,
    networks_in,
    told_function,
)
from convcheck.implementations.pair import Binding, Pair
from convcheck.implementations.seeded import seeded
from convcheck.implementations.source import Discovery, Found, NotChecked, Source, Survey
from convcheck.layers.catalogue import LAYERS, OPEN, WORDS
from convcheck.layers.layer import Layer, Params
from convcheck.spec.inputs import NetworkSizes
from convcheck.spec.nearest import nearest
from convcheck.spec.sizes import Sizes

# So much of what was seen is named in one sentence.
MOST_SEEN = 5
# A class or a pair that a later one finds, too, is of that one.
KINDS = ("adapters", "functions", "classes", "pytorch", "derivatives")


class CodeKind(Protocol):
    """A way in which code is found and run."""

    def found(self, loaded: Loaded, names: tuple[str, ...], layers: tuple[str, ...]) -> Discovery:
        """What there is of this kind. Raises CannotOpen where what was named cannot be called."""

    def bind(self, module: ModuleType, found: Found, layer: Layer, sizes: Sizes) -> Binding:
        """What makes a pair of what was found. Raises CannotOpen where it cannot be called."""


def survey(source: Source, layers: tuple[str, ...] = ()) -> Survey:
    """Import the source and say which implementations of `layers` (all, if empty) it holds. Runs nothing else of it."""
    with modules_kept():
        try:
            loaded = load_source(source)
        except CannotOpen as error:
            return Survey((), problem=str(error), opened=False)
        try:
            found, seen = found_in(loaded, source, layers)
        except CannotOpen as error:
            return Survey((), loaded.missing, str(error))
        problem = None if found else _why_nothing(loaded, source, seen, layers)
        return Survey(found, loaded.missing, problem, not_checked=seen)


def binding_on(loaded: Loaded, found: Found, layer: Layer, sizes: Sizes) -> Binding:
    """What makes a `Pair` of the implementation that was found, in a source already imported. Raises CannotOpen."""
    kind = _kind(found.kind)

    def bind(layer: Layer, sizes: Sizes) -> Binding:
        return kind.bind(loaded.module, found, layer, sizes)

    with loaded.running():
        for name in found.names:
            _require(loaded, name)
        things = [getattr(loaded.module, name) for name in found.names]
        binding = forms.opened(bind, layer, sizes, things)

    def bound(params: Params | None) -> Pair:
        with loaded.running():
            pair = binding(params)
        if layer.is_loss:
            pair = as_one_number(pair)
        if layer.observed:
            pair = seeded(pair, loaded.module)
        pair = _with_imports_beside(loaded, pair)
        if (afresh := loaded.afresh) is None:
            return pair
        return pair._replace(afresh=lambda: binding_on(afresh(), found, layer, sizes)(params))

    return bound


def _kind(name: str) -> CodeKind:
    return cast(CodeKind, import_module(f"convcheck.implementations.{name}.discover"))


def found_in(
    loaded: Loaded, source: Source, layers: tuple[str, ...]
) -> tuple[tuple[Found, ...], tuple[NotChecked, ...]]:
    """Every implementation of `layers` (all, if empty) that the names of the source, or custom, point to in what was
    imported of it, and what else was seen.

    Raises CannotOpen where what was named cannot be called.
    """
    with loaded.running():
        return _found_in(loaded, source, layers)


def _found_in(
    loaded: Loaded, source: Source, layers: tuple[str, ...]
) -> tuple[tuple[Found, ...], tuple[NotChecked, ...]]:
    for name in source.names:
        _require(loaded, name)
    found = _of_no_layer(loaded, source, [layer for layer in layers if layer in OPEN])
    if layers and not (layers := tuple(layer for layer in layers if layer not in OPEN)):
        return tuple(found), ()
    near: list[NotChecked] = []
    alone = False
    cannot: CannotOpen | None = None
    for kind in KINDS:
        try:
            discovery = _kind(kind).found(loaded, source.names, layers or tuple(LAYERS))
        except CannotOpen as error:
            # What is named may be of another kind.
            cannot = cannot or error
            continue
        found += discovery.found
        near += discovery.near
        if alone := discovery.alone:
            break
    if not layers:
        found += networks_in(loaded.module, source.names)
    if not found and source.names and not layers and (told := told_function(loaded.module, source.names)):
        found.append(told)
    if cannot is not None and not found:
        raise cannot
    unique = {(one.layer, one.names): one for one in found}
    # What other layers a file holds is no concern of a spec's, nor of names that are given.
    nameless = not layers and not alone
    seen = () if source.names else not_checked(loaded, source, found, near, nameless=nameless)
    if nameless and not source.names:
        # Of no layer, and told what it takes.
        told_ones = [told for one in seen if one.hint and (told := told_function(loaded.module, one.names))]
        unique |= {(one.layer, one.names): one for one in told_ones}
        seen = tuple(one for one in seen if one.names not in {told.names for told in told_ones})
    return tuple(sorted(unique.values(), key=lambda one: one.line)), seen


def _of_no_layer(loaded: Loaded, source: Source, layers: Sequence[str]) -> list[Found]:
    """What is named, or the networks that there are, as code of no layer. Raises CannotOpen where there is none."""
    found: list[Found] = []
    for layer in layers:
        if source.names:
            for name in source.names:
                _require(loaded, name)
            found.append(found_named(loaded.module, source.names, layer))
        elif layer == NetworkSizes.called:
            found += networks_in(loaded.module, ())
        else:
            pairs = not_checked(loaded, source, (), (), nameless=True)
            found += functions_in(loaded.module, [one.names for one in pairs if one.hint])
    return found


def _require(loaded: Loaded, name: str) -> None:
    """Raise CannotOpen where the module has no function or class of this name, with the nearest that it has."""
    module = loaded.module
    if not hasattr(module, name):
        known = [key for key, value in defined_in(module).items() if callable(value) and not key.startswith("_")]
        near = nearest(name, known)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise CannotOpen(f"{loaded.place} has no {name}{meant}")
    thing = getattr(module, name)
    if isinstance(thing, (Absent, AbsentModule)):
        raise CannotOpen(f"{name} comes from a module that is not there: {thing!r}")
    if not callable(thing):
        raise CannotOpen(f"{name} in {loaded.place} is {type(thing).__name__}, neither a function nor a class")


def _why_nothing(loaded: Loaded, source: Source, seen: tuple[NotChecked, ...], layers: tuple[str, ...]) -> str:
    module, known = loaded.module, layers or tuple(LAYERS)
    if all(layer in OPEN for layer in known):
        return f"{source.place} has no class with a loss(X, y), its parameters in self.params and gradients of them"
    if source.names:
        name = source.names[0]
        if len(source.names) == 1 and not inspect.isclass(getattr(module, name)):
            backward = f"name forward and backward, {source.place}:{name},BACKWARD"
            return f"{name} is a function: {backward}; or say what it takes, if it returns a loss with its gradients"
        return f"{' and '.join(source.names)} may be any layer: {source.as_layer(source.names, known)}"
    if seen:
        said = "; ".join(one.text() for one in seen[:MOST_SEEN])
        more = f"; and {len(seen) - MOST_SEEN} more" if len(seen) > MOST_SEEN else ""
        hint = next((f"; {one.hint}" for one in seen if one.hint), "")
        return f"nothing in {source.place} can be checked: {said}{more}{hint}"
    # Where the layer is known, the only one there is of another name is likely to be meant.
    others = not_checked(loaded, source, (), (), nameless=True)
    names = others[0].names if len(others) == 1 else ("FORWARD", "BACKWARD")
    usual = WORDS[known[0]].example or f"{known[0]}_forward and {known[0]}_backward"
    return (
        f"{source.place} has no function or class with the customary name of a layer, such as {usual}; "
        f"{source.as_layer(names, known)}"
    )


def _with_imports_beside(loaded: Loaded, pair: Pair) -> Pair:
    """The pair, run with the modules beside its file within reach, and what it returns told."""

    def forward(*inputs: Any) -> tuple[Any, Any]:
        with loaded.running():
            returned = pair.forward(*inputs)
        loaded.told(returned[0])
        return returned

    def backward(dout: Any, cache: Any) -> Any:
        with loaded.running():
            gradients = pair.backward(dout, cache)
        loaded.told(gradients)
        return gradients

    def again(cache: Any, x: Any) -> tuple[Any, Any]:
        assert pair.again is not None
        with loaded.running():
            returned = pair.again(cache, x)
        loaded.told(returned[0])
        return returned

    def state() -> Mapping[str, Any]:
        assert pair.state is not None
        kept = pair.state()
        loaded.told(kept)
        return kept

    return pair._replace(forward=forward, backward=backward, again=pair.again and again, state=pair.state and state)

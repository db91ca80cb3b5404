"""Arrays in the form in which code takes them, and back: other shapes, axes in another order, several in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from convcheck.implementations.gradient_names import flattened
from convcheck.implementations.pair import Pair
from convcheck.layers.layer import Array, InForm, Layer
from convcheck.layers.packed import with_packed
from convcheck.layers.words import Form, Order
from convcheck.spec.sizes import Shape, Sizes


def layer_in_form(layer: Layer, form: Form) -> Layer | None:
    """The layer as code has it that takes this form; None where that is none of this layer."""
    made = with_packed(layer, form.packed) if form.packed else layer
    return None if made is None else made._replace(in_form=InForm(form, layer))


def sizes_in_form(sizes: Sizes, layer: Layer, form: Form) -> Sizes:
    """The same sizes, but for the shapes of what is kept with its axes in another order, or packed."""
    kept = [name for name in (*layer.held, *form.packed) if name in form.orders]
    if not kept and not form.packed:
        return sizes
    known = type(sizes)

    def shapes(self: Any) -> Mapping[str, Shape]:
        own = dict(known.shapes(self))
        for packed in form.packed:
            parts = layer.words.packed[packed][0]
            own[packed] = np.shape(_packed(form, packed, [np.empty(own[part], np.int8) for part in parts]))
        return {**own, **{name: shape_in(form, name, own[name]) for name in kept}}

    kind = type(known.__name__, (known,), {"shapes": shapes, "own_form": known})
    reformed: Sizes = kind(**{field.name: getattr(sizes, field.name) for field in fields(known)})
    return reformed


def sizes_in_own_form(sizes: Sizes) -> Sizes:
    """The sizes of which `sizes_in_form` made these."""
    known = getattr(sizes, "own_form", None)
    return sizes if known is None else known(**{field.name: getattr(sizes, field.name) for field in fields(known)})


def pair_in_own_form(form: Form, pair: Pair, layer: Layer, sizes: Sizes) -> Pair:
    """The pair of code that takes this form, on arrays in that of the layer."""

    def forward(*inputs: Array) -> tuple[Any, Any]:
        handed = handed_in(form, layer, inputs)
        out, cache = pair.forward(*handed)
        _write_back(handed, inputs, form, layer)
        return _back(form, "out", out, sizes), (cache, handed, inputs)

    def again(cache: Any, x: Array) -> tuple[Any, Any]:
        assert pair.again is not None
        out, theirs = pair.again(cache[0], array_in(form, layer.input_names[0], x))
        return _back(form, "out", out, sizes), (theirs, *cache[1:])

    def backward(dout: Array, cache: Any) -> Any:
        theirs, handed, inputs = cache
        returned = pair.backward(array_in(form, "out", dout), theirs)
        _write_back(handed, inputs, form, layer)
        return _gradients_back(form, returned, layer, sizes)

    notes = (*pair.notes, form.sentence) if form.sentence else pair.notes
    return pair._replace(forward=forward, backward=backward, again=pair.again and again, notes=notes)


def listed(gradients: Any, layer: Layer) -> Sequence[Any]:
    """What backward returned, as several."""
    given = flattened(gradients, layer)
    return given if isinstance(given, (tuple, list)) else (given,)


def handed_in(form: Form, layer: Layer, inputs: Sequence[Array]) -> list[Array]:
    """The layer's inputs as code takes them."""
    named = dict(zip(layer.input_names, inputs, strict=False))
    whole = {part: name for name in form.packed for part in layer.words.packed[name][0]}
    handed: dict[str, Array] = {}
    for name, array in named.items():
        packed = whole.get(name, name)
        if packed == name:
            handed[name] = array_in(form, name, array)
        elif packed not in handed:
            handed[packed] = _packed(form, packed, [named[part] for part in layer.words.packed[packed][0]])
            handed[packed] = array_in(form, packed, handed[packed])
    return [*handed.values()]


def array_in(form: Form, name: str, array: Array) -> Array:
    """The array in this form; its entries are its own where its axes are in another order, as a C kernel needs it."""
    if name in form.shapes:
        return array.reshape(form.shapes[name])
    order = form.orders.get(name)
    if order is None:
        return array
    turned = np.transpose(array, [axis for axis in order if axis is not None])
    return np.ascontiguousarray(np.expand_dims(turned, tuple(i for i, axis in enumerate(order) if axis is None)))


def shape_in(form: Form, name: str, shape: Shape) -> Shape:
    """The shape of an array in this form."""
    if name in form.shapes:
        return form.shapes[name]
    order: Order = form.orders.get(name, tuple(range(len(shape))))
    return tuple(1 if axis is None else shape[axis] for axis in order)


def _packed(form: Form, name: str, parts: Sequence[Array]) -> Array:
    return np.asarray(form.packed[name].joined(parts))


def _gradients_back(form: Form, returned: Any, layer: Layer, sizes: Sizes) -> Any:
    """What backward returned, each gradient in the layer's own form, wherever it stands."""
    theirs = layer_in_form(layer, form)
    assert theirs is not None
    given, names = listed(returned, theirs), theirs.input_names
    if len(given) != len(names):
        return returned
    shapes = sizes_in_form(sizes, layer, form._replace(orders={})).shapes()
    parts = [*given]
    for own, name in enumerate(names):
        shape = shape_in(form, name, shapes[name])
        place = next((i for i in (own, *range(len(parts))) if np.shape(parts[i]) == shape), own)
        parts[place] = _turned_back(form, name, parts[place], shapes[name])
    found: dict[str, Any] = {}
    for name, gradient in zip(names, parts, strict=True):
        if name not in form.packed:
            found[name] = gradient
            continue
        own_names = layer.words.packed[name][0]
        # What has another shape is left for the check to say.
        apart = form.packed[name].parted(gradient) if np.shape(gradient) == shapes[name] else [gradient] * 3
        found |= zip(own_names, apart, strict=False)
    return tuple(found[name] for name in layer.input_names)


def _write_back(handed: Sequence[Array], inputs: Sequence[Array], form: Form, layer: Layer) -> None:
    """What code wrote into an array of its own form is the caller's to see."""
    names = with_packed(layer, form.packed).input_names if form.packed else layer.input_names  # type: ignore[union-attr]
    named = dict(zip(layer.input_names, inputs, strict=False))
    for name, theirs in zip(names, handed, strict=False):
        given = named.get(name)
        if given is None:
            continue
        seen = np.transpose(theirs, _inverse(form.orders[name])) if name in form.orders else theirs.reshape(given.shape)
        if theirs is not given and not np.array_equal(seen, given, equal_nan=True):
            given[...] = seen


def _back(form: Form, name: str, array: Any, sizes: Sizes) -> Any:
    return _turned_back(form, name, array, sizes_in_own_form(sizes).shapes()[name])


def _turned_back(form: Form, name: str, array: Any, shape: Shape) -> Any:
    """In the layer's own form, where it is in this one."""
    if np.shape(array) != shape_in(form, name, shape) or not hasattr(array, "reshape"):
        return array
    if name in form.orders:
        return np.transpose(array, _inverse(form.orders[name])) if isinstance(array, np.ndarray) else array
    return array.reshape(shape) if name in form.shapes else array


def _inverse(order: Order) -> list[int]:
    return [int(axis) for axis in np.argsort([axis for axis in order if axis is not None])]

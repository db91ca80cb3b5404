"""Code that keeps an input with its axes in another order than the layer, found out by what it gives for numbers.

A Linear has w as (M, D). Where both sizes are equal both orders have one shape, and only the values tell which is
meant: the one in which more of the output and the gradients are right. Of code with a mistake in one of them the
others still tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.pair import Bind, Binding, Pair, built_in_pair
from convcheck.implementations.plain_exception import LEAVING
from convcheck.implementations.trial import on_trial, trial_inputs, usual_params
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import OtherOrder
from convcheck.spec.sizes import Shape, Sizes


def bound(bind: Bind, layer: Layer, sizes: Sizes) -> Binding:
    """What `bind` makes of the sizes; of code that keeps an input in another order, a pair that turns it on its way.

    Raises what `bind` raises.
    """
    other = next((one for one in layer.words.other_orders if one.name in layer.input_names), None)
    if other is None:
        return bind(sizes)

    def turned(sizes: Sizes) -> Binding:
        return _turned(bind, layer, sizes, other)

    small = other.alike(sizes)
    plain = _right(bind, layer, small)
    # What is right in the one order is wrong in the other, but for a gradient that the input has no part in.
    is_plain = 2 * plain > len(layer.input_names) + 1 or plain >= _right(turned, layer, small)
    likely, unlikely = (bind, turned) if is_plain else (turned, bind)
    try:
        return likely(sizes)
    except CannotOpen as error:
        # An array of its own in the shape of the other order tells more than values that may be wrong.
        if not error.misshapen:
            raise
        try:
            return unlikely(sizes)
        except CannotOpen:
            raise error from None


def _right(bind: Bind, layer: Layer, sizes: Sizes) -> int:
    """How many of the output and the gradients come out right."""
    whole, shapes = LAYERS[layer.name], sizes.shapes()
    absent = {name: np.full(shapes[name], value) for name, value in layer.words.optional.items()}
    drawn = dict(zip(whole.input_names, trial_inputs(whole, sizes), strict=True))
    inputs = {name: drawn[name] if name in layer.input_names else absent[name] for name in whole.input_names}
    params = usual_params(whole, sizes)
    reference = built_in_pair(whole.reference, whole.variants[whole.reference], params)
    out, cache = reference.forward(*inputs.values())
    dout = np.cos(np.arange(float(out.size))).reshape(out.shape)
    wanted = dict(zip(whole.input_names, reference.backward(dout, cache), strict=True))
    right = 0
    with on_trial():
        pair = bind(sizes)(params)
        got, cache = pair.forward(*(inputs[name].copy() for name in layer.input_names))
        right += _is(got, out)
        returned = pair.backward(dout.copy(), cache)
        parts = returned if isinstance(returned, (tuple, list)) else (returned,)
        right += sum(any(_is(part, wanted[name]) for part in parts) for name in layer.input_names)
    return right


def _is(got: Any, wanted: Array) -> bool:
    try:
        values = np.asarray(got, np.float64)
        return values.size == wanted.size and np.allclose(values.reshape(wanted.shape), wanted)
    except LEAVING:  # whatever that is, it is not the array
        return False


def _turned(bind: Bind, layer: Layer, sizes: Sizes, other: OtherOrder) -> Binding:
    """The binding of code that keeps the input in this order, on arrays in the order of the layer."""
    position = layer.input_names.index(other.name)
    shape = tuple(sizes.shapes()[other.name][axis] for axis in other.order)
    binding = bind(_with_shape(sizes, other.name, shape))
    back = tuple(int(axis) for axis in np.argsort(other.order))

    def made(params: Params | None) -> Pair:
        pair = binding(params)

        def forward(*inputs: Array) -> tuple[Any, Any]:
            given = inputs[position]
            # Code is handed an array of its own, as a C kernel needs it; what it writes there is the caller's to see.
            turned = np.ascontiguousarray(np.transpose(given, other.order))
            out, cache = pair.forward(*inputs[:position], turned, *inputs[position + 1 :])
            _write_back(turned, given, back)
            return out, (cache, turned, given)

        def backward(dout: Array, cache: Any) -> Any:
            theirs, turned, given = cache
            returned = pair.backward(dout, theirs)
            _write_back(turned, given, back)
            return _turned_back(returned, len(layer.input_names), position, shape, back)

        def again(cache: Any, x: Array) -> tuple[Any, Any]:
            assert pair.again is not None
            out, theirs = pair.again(cache[0], x)
            return out, (theirs, *cache[1:])

        return pair._replace(
            forward=forward, backward=backward, again=pair.again and again, notes=(*pair.notes, other.sentence)
        )

    return made


def _with_shape(sizes: Sizes, name: str, shape: Shape) -> Sizes:
    """The same sizes, but for the shape of one input."""
    known = type(sizes)
    kind = type(known.__name__, (known,), {"shapes": lambda self: {**known.shapes(self), name: shape}})
    turned: Sizes = kind(**{field.name: getattr(sizes, field.name) for field in fields(known)})
    return turned


def _write_back(turned: Array, given: Array, back: Sequence[int]) -> None:
    seen = np.transpose(turned, back)
    if not np.array_equal(seen, given, equal_nan=True):
        given[...] = seen


def _turned_back(returned: Any, count: int, position: int, shape: Shape, back: Sequence[int]) -> Any:
    """What backward returned with the gradient of that input in the order of the layer, wherever it stands."""
    if not isinstance(returned, (tuple, list)) or len(returned) != count:
        return returned
    parts = [*returned]
    if np.shape(parts[position]) != shape:
        position = next((i for i, part in enumerate(parts) if np.shape(part) == shape), position)
    if isinstance(parts[position], np.ndarray) and parts[position].ndim == len(back):
        parts[position] = np.transpose(parts[position], back)
    return tuple(parts)

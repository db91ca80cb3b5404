"""Code that takes its arrays otherwise than the layer, found out by what it gives for such where it fails.

Images as (N, H, W, C), where its text does not tell; and what the layer's words say besides (`Words.otherwise`).
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from convcheck.implementations.arguments import ADVICE
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Bind, Binding, Pair, built_in_pair
from convcheck.implementations.trial import on_trial, trial_inputs, usual_params
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import Order, Otherwise
from convcheck.spec.sizes import Shape, Sizes

_LAST = (0, 2, 3, 1)
_IMAGES = "takes images as (N, H, W, C): what it gives for such images is right; they are (N, C, H, W) here"

_AS_IT_IS = Otherwise("")


def opened(bind: Bind, layer: Layer, sizes: Sizes) -> Binding:
    """What `bind` makes of the sizes; of code whose arrays do not fit these, and which is right at those that the
    layer's words say, a binding whose forward raises Refusal. Raises what `bind` raises.
    """
    try:
        return bind(sizes)
    except CannotOpen as error:
        if not error.misshapen:
            raise
        for form in layer.words.otherwise:
            instead = form.sizes(sizes) if form.sizes and not form.out else None
            if instead is not None and _takes(form, bind, layer, instead, usual_params(layer, instead)):
                return _declining(bind(instead), form.sentence)
        raise


def _declining(binding: Binding, sentence: str) -> Binding:
    def made(params: Params | None) -> Pair:
        pair = binding(params)

        def forward(*inputs: Array) -> tuple[Any, Any]:
            raise Refusal(f"{pair.name.partition(',')[0]} {sentence}")

        return pair._replace(forward=forward)

    return made


def bound(bind: Bind, binding: Binding, layer: Layer, sizes: Sizes, params: Params | None) -> Pair:
    """The pair that `binding` makes, whose forward raises CannotOpen where it fails on the layer's arrays and is right
    on such as other code takes, and Refusal where these are of fewer axes. `bind` makes the binding at other sizes.
    """
    pair = binding(params)
    forms = [*layer.words.otherwise]
    if layer.words.channels_last:
        forms.append(Otherwise(_IMAGES, layer.words.channels_last, _LAST))
    if not forms:
        return pair
    wanted = tuple(sizes.shapes()["out"])
    # Where the output has one shape in both orders of its axes that does not tell them apart.
    alike = any(form.out and _turned_shape(form, wanted) == wanted for form in forms)
    looked = False

    def look() -> None:
        nonlocal looked
        for form in () if looked else forms:
            instead = sizes if form.sizes is None else form.sizes(sizes)
            if instead is not None and _takes(form, bind, layer, instead, params):
                said = f"{pair.name.partition(',')[0]} {form.sentence}"
                raise CannotOpen(f"{said}: {ADVICE}") if form.out else Refusal(said)
        looked = True

    def forward(*inputs: Array) -> tuple[Any, Any]:
        nonlocal looked
        try:
            returned = pair.forward(*inputs)
        except Raised as raised:
            if not isinstance(raised.error, Refusal):
                look()
            raise
        if isinstance(returned, tuple) and np.shape(returned[0]) != wanted:
            look()
        elif alike and not looked:
            looked = _takes(_AS_IT_IS, bind, layer, sizes, params)
            look()
        return returned

    return pair._replace(forward=forward)


def _takes(form: Otherwise, bind: Bind, layer: Layer, sizes: Sizes, params: Params | None) -> bool:
    """Whether its output is the layer's, to within rounding, for arrays of this form."""
    inputs = trial_inputs(layer, sizes)
    reference = built_in_pair(layer.reference, layer.variants[layer.reference], params)
    right = reference.forward(*inputs)[0]
    right = np.transpose(right, form.out) if right.ndim == len(form.out) else right
    for turned in _turned(form, layer, inputs):
        with contextlib.suppress(CannotOpen), on_trial():
            out, _ = bind(sizes)(params).forward(*turned)
            if np.shape(out) == right.shape and np.allclose(out, right):
                return True
    return False


def _turned_shape(form: Otherwise, shape: Shape) -> Shape:
    """The shape of the output in this form: one of fewer axes has the same."""
    return tuple(shape[axis] for axis in form.out) if len(form.out) == len(shape) else shape


def _turned(form: Otherwise, layer: Layer, inputs: list[Array]) -> Iterator[list[Array]]:
    """The inputs with their axes in each of the orders that are customary in this form."""
    named = zip(layer.input_names, inputs, strict=True)
    orders = [form.orders.get(name, (tuple(range(array.ndim)),)) for name, array in named]
    for chosen in itertools.product(*orders):
        yield [_in_order(a, order) for a, order in zip(inputs, chosen, strict=True)]


def _in_order(a: Array, order: Order) -> Array:
    axes: Sequence[int] = [axis for axis in order if axis is not None]
    added = tuple(place for place, axis in enumerate(order) if axis is None)
    return np.ascontiguousarray(np.expand_dims(np.transpose(a, axes), added))

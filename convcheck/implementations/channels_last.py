"""Code that takes images as (N, H, W, C), found out by what it gives for such images, where its text does not tell."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from convcheck.implementations.arguments import ADVICE
from convcheck.implementations.errors.declined import CannotOpen, Refusal
from convcheck.implementations.errors.raised import Raised
from convcheck.implementations.pair import Binding, Pair, built_in_pair
from convcheck.implementations.trial import on_trial, trial_inputs
from convcheck.layers.layer import Array, Layer, Params
from convcheck.spec.sizes import Sizes

_LAST = (0, 2, 3, 1)


def bound(binding: Binding, layer: Layer, sizes: Sizes, params: Params | None) -> Pair:
    """The pair, whose forward raises CannotOpen where it fails on images (N, C, H, W) and is right on (N, H, W, C)."""
    pair = binding(params)
    if not layer.words.channels_last:
        return pair
    wanted = tuple(sizes.shapes()["out"])
    looked = False

    def look() -> None:
        nonlocal looked
        if not looked and _takes_channels_last(binding, layer, sizes, params):
            raise CannotOpen(
                f"{pair.name.partition(',')[0]} takes images as (N, H, W, C): what it gives for such images is right; "
                f"they are (N, C, H, W) here: {ADVICE}"
            )
        looked = True

    def forward(*inputs: Array) -> tuple[Any, Any]:
        try:
            returned = pair.forward(*inputs)
        except Raised as raised:
            if not isinstance(raised.error, Refusal):
                look()
            raise
        if isinstance(returned, tuple) and np.shape(returned[0]) != wanted:
            look()
        return returned

    return pair._replace(forward=forward)


def _takes_channels_last(binding: Binding, layer: Layer, sizes: Sizes, params: Params | None) -> bool:
    """Whether its output is the layer's, to within rounding, for arrays whose channels are last."""
    inputs = trial_inputs(layer, sizes)
    reference = built_in_pair(layer.reference, layer.variants[layer.reference], params)
    right = np.transpose(reference.forward(*inputs)[0], _LAST)
    for turned in _turned(layer, inputs):
        with contextlib.suppress(CannotOpen), on_trial():
            out, _ = binding(params).forward(*turned)
            if np.shape(out) == right.shape and np.allclose(out, right):
                return True
    return False


def _turned(layer: Layer, inputs: list[Array]) -> Iterator[list[Array]]:
    """The inputs with their axes in each of the orders that are customary with the channels last."""
    named = zip(layer.input_names, inputs, strict=True)
    orders = [layer.words.channels_last.get(name, (tuple(range(array.ndim)),)) for name, array in named]
    for chosen in itertools.product(*orders):
        yield [np.ascontiguousarray(np.transpose(a, order)) for a, order in zip(inputs, chosen, strict=True)]

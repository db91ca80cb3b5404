"""Code that takes a setting in another way than the layer has it, found out by running it: labels that are one-hot.

What runs, and gives outputs in proportion to those of the layer, has been handed what it takes. A factor is no matter
of the way: whether a loss is a mean or a sum is found out later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convcheck.implementations.pair import Pair, built_in_pair
from convcheck.implementations.received import received
from convcheck.implementations.trial import on_trial, trial_inputs, usual_params
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.words import OtherValues
from convcheck.spec.sizes import Sizes

Maker = Callable[[Sizes, Params | None], Pair]
# The share of the output that a constant may be which is written into the code: an eps beside a probability.
NEAR = 1e-4


def in_other_ways(make: Maker, layer: Layer, params: Params | None) -> Maker:
    """`make`, whose pairs are handed each setting in the way that the code takes it. Runs it at small sizes."""
    for other in layer.words.other_values:
        if params is not None and other.key in params:
            make = _in_the_way_taken(make, layer, other)
    return make


def _in_the_way_taken(make: Maker, layer: Layer, other: OtherValues) -> Maker:
    found: list[tuple[str, Any]] = []

    def made(sizes: Sizes, params: Params | None) -> Pair:
        if params is None or other.key not in params:
            return make(sizes, params)
        if not found:
            found.append(_taken(make, layer, other, other.sizes(sizes)))
        said, way = found[0]
        if way is None:
            return make(sizes, params)
        pair = make(sizes, params | {other.key: way(sizes, params[other.key])})
        return pair._replace(notes=(*pair.notes, said))

    return made


def _taken(make: Maker, layer: Layer, other: OtherValues, sizes: Sizes) -> tuple[str, Any]:
    """The way that fits best, with what is said of it; nothing to say, and None, for the layer's own."""
    usual = {constant.key: constant.usual for constant in layer.words.built_in}
    params = {**(usual_params(layer, sizes) or {}), **usual}
    inputs = trial_inputs(layer, sizes)
    drawn = [inputs, [np.cos(3 * array) for array in inputs]]
    right = built_in_pair(layer.reference, layer.variants[layer.reference], params)
    wanted = [right.forward(*arrays)[0] for arrays in drawn]
    best: tuple[int, str, Any] = (0, "", None)
    for said, way in (("", None), *other.ways.items()):
        value = params[other.key] if way is None else way(sizes, params[other.key])
        fit = _fit(make, sizes, params | {other.key: value}, drawn, wanted)
        if fit > best[0]:
            best = fit, said, way
        if fit == _PROPORTIONAL:
            break
    return best[1:]


_RUNS, _PROPORTIONAL = 1, 2


def _fit(make: Maker, sizes: Sizes, params: Params, drawn: list[list[Array]], wanted: list[Array]) -> int:
    got: list[Array] = []
    with on_trial():
        for arrays in drawn:
            values = received(make(sizes, params).forward(*(a.copy() for a in arrays))[0]).real
            if values is not None and values.size == wanted[0].size:
                got.append(values.reshape(wanted[0].shape))
    if len(got) < len(drawn):
        return 0
    one, other = got[0] * wanted[1], got[1] * wanted[0]
    with np.errstate(all="ignore"):
        near = bool((np.abs(one - other) <= NEAR * np.abs(one)).all() and np.any(one))
    return _PROPORTIONAL if near else _RUNS

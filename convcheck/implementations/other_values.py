"""Code that takes a setting in another way than the layer has it, found out by running it: labels that are one-hot.

What runs, and gives outputs in proportion to those of the layer, has been handed what it takes. A factor is no matter
of the way: whether a loss is a mean or a sum is found out later. Or it is seen in which outputs a step of an input
moves: which keys a mask hides shows so, whatever else code does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from convcheck.implementations.pair import Pair, built_in_pair
from convcheck.implementations.received import received
from convcheck.implementations.trial import in_shapes, on_trial, shapes_handed, trial_inputs, usual_params
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.layer import Array, Layer, Params
from convcheck.layers.without import completed
from convcheck.layers.words import OtherValues
from convcheck.spec.sizes import Sizes

# Makes the pair of the code under test at any sizes.
Maker = Callable[[Sizes, Params | None], Pair]
# Whether the code accepts a setting, seen from what the forward pass left for the backward pass.
Accepts = Callable[[str, Any], bool]
# The share of the output that a constant may be which is written into the code: an eps beside a probability.
NEAR = 1e-4
# The share of an output that a step moves by no rounding.
MOVED = 1e-9
# So many steps tell a mask from its inverse and from none.
STEPS_MOVED = 2
# What was found out of code that may be handed other settings; what makes its pairs is made anew for every check.
_FOUND: WeakKeyDictionary[Maker, dict[str, _Found]] = WeakKeyDictionary()


def in_other_ways(make: Maker, layer: Layer, params: Params | None, accepts: Accepts) -> Maker:
    """`make`, whose pairs are handed each setting in the way that the code takes it. Runs it at small sizes."""
    bare = make
    for other in layer.words.other_values:
        if params is not None and other.key in params:
            found = _FOUND.setdefault(bare, {}).setdefault(other.key, _Found())
            make = _in_the_way_taken(make, layer, other, accepts, found)
    return make


# What is said of the way that fits best, and what makes it; nothing to say, and None, for the layer's own.
_Taken = tuple[str, Callable[[Any, Any], Any] | None]


@dataclass
class _Found:
    """The way that was found, and whether code does with None; None for what was not looked at yet."""

    way: _Taken | None = None
    does_with_none: bool | None = None


def _in_the_way_taken(make: Maker, layer: Layer, other: OtherValues, accepts: Accepts, found: _Found) -> Maker:
    def made(sizes: Sizes, params: Params | None) -> Pair:
        if params is None or other.key not in params:
            return make(sizes, params)
        small = other.sizes(sizes)
        if found.way is None:
            found.way = _taken(make, layer, other, small, accepts)
        said, way = found.way
        if params[other.key] is None and other.shown_by:
            if found.does_with_none is None:
                asked = {**_usual(layer, small), other.key: None}
                found.does_with_none = _fit(make, layer, other, small, asked) == _ALIKE
            if found.does_with_none:
                return make(sizes, params)
            if way is None:
                said, way = next(iter(other.ways.items()))
        if way is None:
            return make(sizes, params)
        pair = make(sizes, params | {other.key: way(sizes, params[other.key])})
        return pair._replace(notes=(*pair.notes, said))

    return made


def _taken(make: Maker, layer: Layer, other: OtherValues, sizes: Sizes, accepts: Accepts) -> _Taken:
    params = _usual(layer, sizes)
    if not _is_accepted(make, layer, other.key, sizes, params, accepts):
        return "", None
    best: tuple[int, _Taken] = (0, ("", None))
    for said, way in (("", None), *other.ways.items()):
        value = params[other.key] if way is None else way(sizes, params[other.key])
        fit = _fit(make, layer, other, sizes, params, value)
        if fit > best[0]:
            best = fit, (said, way)
        if fit == _ALIKE:
            break
    return best[1]


def _is_accepted(make: Maker, layer: Layer, key: str, sizes: Sizes, params: Params, accepts: Accepts) -> bool:
    """Whether code is told the setting at all, as far as one run shows it."""
    for shapes in shapes_handed(layer, sizes):
        with on_trial():
            _, cache = make(sizes, params).forward(*in_shapes(trial_inputs(layer, sizes), layer, shapes))
            return accepts(key, cache)
    return True


def _usual(layer: Layer, sizes: Sizes) -> Params:
    usual = {constant.key: constant.usual for constant in layer.words.built_in}
    return {**(usual_params(layer, sizes) or {}), **usual}


def _fit(make: Maker, layer: Layer, other: OtherValues, sizes: Sizes, params: Params, *value: Any) -> int:
    """Whether code runs that is handed this value, by default that of `params`, and does what the layer does by it."""
    inputs = trial_inputs(layer, sizes)
    if other.shown_by:
        drawn = [inputs, *_with_steps_moved(inputs, layer.input_names.index(other.shown_by))]
    else:
        drawn = [inputs, [np.cos(3 * array) for array in inputs]]
    whole = LAYERS[layer.name]
    right = built_in_pair(whole.reference, whole.variants[whole.reference], params)
    wanted = [right.forward(*completed(whole, layer, sizes, arrays))[0] for arrays in drawn]
    handed = params[other.key] if not value else value[0]
    got = _outputs(make, layer, sizes, params | {other.key: handed}, drawn)
    if len(got) < len(wanted):
        return 0
    return _ALIKE if (_move_alike if other.shown_by else _are_proportional)(got, wanted) else _RUNS


_RUNS, _ALIKE = 1, 2


def _with_steps_moved(inputs: list[Array], which: int) -> list[list[Array]]:
    """The inputs once for each of the first steps of one of them, in which that is another one."""
    moved = []
    for step in range(STEPS_MOVED):
        arrays = [array.copy() for array in inputs]
        arrays[which][:, step] += 1
        moved.append(arrays)
    return moved


def _outputs(make: Maker, layer: Layer, sizes: Sizes, params: Params, drawn: list[list[Array]]) -> list[Array]:
    """What comes of each of them; fewer where the code fails."""
    size = prod(sizes.shapes()["out"])
    got: list[Array] = []
    for shapes in shapes_handed(layer, sizes):
        got = []
        with on_trial():
            for arrays in drawn:
                values = received(make(sizes, params).forward(*in_shapes(arrays, layer, shapes))[0]).real
                if values is None or values.size != size:
                    break
                got.append(values.reshape(sizes.shapes()["out"]))
        if len(got) == len(drawn):
            break
    return got


def _are_proportional(got: list[Array], wanted: list[Array]) -> bool:
    one, other = got[0] * wanted[1], got[1] * wanted[0]
    with np.errstate(all="ignore"):
        return bool((np.abs(one - other) <= NEAR * np.abs(one)).all() and np.any(one))


def _move_alike(got: list[Array], wanted: list[Array]) -> bool:
    """Whether the same steps of the output move, and all are numbers."""

    def moved(values: list[Array]) -> list[Any]:
        return [(np.abs(one - values[0]) > MOVED * np.abs(values[0])).any(axis=-1).tolist() for one in values[1:]]

    return all(np.isfinite(values).all() for values in got) and moved(got) == moved(wanted)

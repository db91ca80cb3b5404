"""A call of the code under test with other settings at the same shapes, before the check.

Code that keeps by the shape of x what depends on stride and pad as well is right at the first setting that it meets,
and wrong at the next.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from convcheck.implementations.errors.declined import CannotOpen
from convcheck.implementations.pair import Binding
from convcheck.implementations.trial import on_trial
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Layer
from convcheck.numeric.data import draw
from convcheck.spec.check import Check
from convcheck.spec.fields import declared
from convcheck.spec.sizes import Sizes


def call_with_other_settings(check: Check, layer: Layer, bind: Callable[[Sizes], Binding]) -> None:
    """Call both passes once with `other_settings`, of code that is imported already. Raises nothing."""
    sizes = other_settings(check.sizes, layer)
    if sizes != check.sizes:
        # Whatever is wrong with the code is reported by the checks that have these settings.
        with suppress(CannotOpen), on_trial():
            _call(check._replace(sizes=sizes), layer, bind(sizes))


def other_settings(sizes: Sizes, layer: Layer) -> Sizes:
    """The sizes with every setting changed, as far as the shapes of all inputs stay as they are."""
    shapes = sizes.shapes()
    fields = declared(type(sizes))
    for name in layer.parameters:
        if name not in fields:
            continue
        value = getattr(sizes, name)
        match fields[name].form:
            case "integer":
                changed = value + 1
            case "number":
                changed = value / 2
            case _:
                changed = next((word for word in fields[name].choices if word != value), value)
        other = dataclasses.replace(sizes, **{name: changed})
        if all(other.shapes()[x] == shapes[x] for x in layer.input_names) and not list(other.problems()):
            sizes = other
    return sizes


def _call(check: Check, layer: Layer, binding: Binding) -> None:
    rng = Draws(f"other settings of {check.id}")
    dtype: np.dtype[Any] = np.dtype(check.manner.dtype)
    data = draw(layer.facts(check.sizes), "normal", dtype, rng)
    pair = binding(layer.params(check.sizes, rng, dtype))
    _, cache = pair.forward(*data.inputs)
    pair.backward(data.dout, cache)

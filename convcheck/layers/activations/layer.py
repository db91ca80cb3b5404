"""Activations: a function of one number, applied to every entry of x. Any shape will do.

Sources: CS231n, notes on neural networks; Maas et al. (2013) for the leaky ReLU, Clevert et al. (2015) for ELU,
Klambauer et al. (2017) for SELU, Dugas et al. (2000) for softplus, Hendrycks and Gimpel (2016) for GELU, Ramachandran
et al. (2017) for swish, Howard et al. (2019) for its hard form, PyTorch and Keras for the hard sigmoid.

    forward   a[i] = f(x[i])
    dx        dx[i] = dout[i] f'(x[i])

f and f' of each, its settings, where it bends and how it rounds stand in `table.py`. `naive` computes one number at a
time, as f is defined; `vectorized` all of them.

The leaky ReLU and the hard sigmoid are piecewise linear in x; where they bend the slope is that of the left piece, or
zero where the output is cut off. ELU, SELU and hard swish bend, too, and are smooth elsewhere; the others are smooth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from convcheck.layers.activations import naive, vectorized
from convcheck.layers.activations.table import ACTIVATIONS
from convcheck.layers.activations.words import WORDS
from convcheck.layers.draws import Draws
from convcheck.layers.entrywise import EntrywiseSizes, entrywise_facts
from convcheck.layers.layer import Array, Arrays, Facts, Layer, Params, Variant

Function = Callable[..., Any]


def settings_of(name: str, sizes: EntrywiseSizes) -> Params:
    """What the sizes set of the activation: {"slope": 0.01}."""
    return {one.key: getattr(sizes, one.key) for one in WORDS[name].built_in}


def activation_facts(name: str, sizes: EntrywiseSizes) -> Facts:
    """As its row says."""
    row, settings = ACTIVATIONS[name], settings_of(name, sizes)
    return entrywise_facts(
        sizes, row.kind, row.points(settings), exact=row.exact(settings), away=getattr(sizes, "away", 0.0)
    )


def activation_params(name: str, sizes: EntrywiseSizes, rng: Draws, dtype: np.dtype[Any]) -> Params | None:
    """Its settings, or None where it has none."""
    return settings_of(name, sizes) or None


def activation_defaults(name: str, sizes: EntrywiseSizes, dtype: np.dtype[Any]) -> Params:
    """The usual values of its settings."""
    return {one.key: one.usual for one in WORDS[name].built_in}


def activation_rounding(layer: Layer, facts: Facts, inputs: list[Array], dout: Array, params: Params | None) -> Arrays:
    """Magnitudes S, such that a sound implementation's rounding error is a small multiple of eps·S."""
    x = np.asarray(inputs[0], np.float64)
    value, slope = ACTIVATIONS[layer.name].terms(x, **(params or {}))
    return {"forward": value * np.ones(x.shape), "dx": slope * np.abs(np.asarray(dout, np.float64))}


def entry_by_entry(value: Function, slope: Function) -> Variant:
    """The layer whose f is `value`, of one number, and whose f' is `slope`."""

    def each(function: Function, x: Array, settings: Params) -> Array:
        out = np.zeros(x.shape, x.dtype)
        for index in np.ndindex(x.shape):
            out[index] = function(x[index], **settings)
        return out

    def forward(x: Array, params: Params | None = None) -> tuple[Array, Any]:
        return each(value, x, params or {}), (x, params or {})

    def backward(dout: Array, cache: Any) -> Array:
        return np.asarray(dout * each(slope, *cache))

    return Variant(forward, backward, "one entry at a time")


def all_at_once(value: Function, slope: Function) -> Variant:
    """The layer whose f is `value`, of an array, and whose f' is `slope`."""

    def forward(x: Array, params: Params | None = None) -> tuple[Array, Any]:
        return value(x, **(params or {})), (x, params or {})

    def backward(dout: Array, cache: Any) -> Array:
        x, settings = cache
        return np.asarray(dout * slope(x, **settings))

    return Variant(forward, backward, "all entries at once")


def _layer(name: str) -> Layer:
    row = ACTIVATIONS[name]
    return Layer(
        name=name,
        summary=row.summary,
        sizes=row.sizes,
        input_names=("x",),
        shapes={"x": "of any shape"},
        facts=partial(activation_facts, name),
        words=WORDS[name],
        parameters=tuple(one.key for one in WORDS[name].built_in),
        params=partial(activation_params, name),
        defaults=partial(activation_defaults, name),
        rounding=activation_rounding,
        variants={
            "naive": entry_by_entry(getattr(naive, name), getattr(naive, f"{name}_slope")),
            "vectorized": all_at_once(getattr(vectorized, name), getattr(vectorized, f"{name}_slope")),
        },
        equations=dict(zip(("forward", "dx"), row.equations, strict=True)),
    )


LAYERS: Mapping[str, Layer] = {name: _layer(name) for name in ACTIVATIONS}

"""A layer without one of its inputs, for code that has no place for it: a convolution without a bias."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Facts, Layer, Variant
from convcheck.spec.sizes import Sizes


def left_out(layer: Layer) -> Iterator[Sequence[str]]:
    """The optional inputs that code may do without together, the fewest first: those that stand side by side."""
    names = [*layer.words.optional]
    for length in range(1, len(names) + 1):
        for start in range(len(names) - length + 1):
            yield names[start : start + length]


def absent(layer: Layer, name: str, sizes: Sizes) -> Array:
    """The value of an optional input at which it vanishes."""
    shape, value = sizes.shapes()[name], layer.words.optional[name]
    return np.eye(shape[0]) if isinstance(value, str) else np.full(shape, value)


def completed(whole: Layer, layer: Layer, sizes: Sizes, inputs: Sequence[Array]) -> list[Array]:
    """The inputs of the whole layer, where those that `layer` lacks vanish."""
    given = dict(zip(layer.input_names, inputs, strict=True))
    return [given[name] if name in given else absent(whole, name, sizes) for name in whole.input_names]


def without(layer: Layer, name: str, sizes: Sizes) -> Layer:
    """The layer at these sizes without the input `name`, which is one of those that are optional.

    Its reference computes with the value at which that input vanishes, and gives no gradient of it.
    """
    position = layer.input_names.index(name)
    vanished = absent(layer, name, sizes)

    def facts(sized: Any) -> Facts:
        whole = layer.facts(sized)
        sums = {
            key: total._replace(factors=tuple(factor for factor in total.factors if factor != name))
            for key, total in whole.sums.items()
            if key != f"d{name}"
        }
        return whole._replace(inputs=tuple(one for one in whole.inputs if one.name != name), sums=sums)

    def reduced(variant: Variant) -> Variant:
        def forward(*arguments: Any) -> tuple[Array, Any]:
            filled = vanished.astype(arguments[0].dtype)
            return variant.forward(*arguments[:position], filled, *arguments[position:])

        def backward(dout: Array, cache: Any) -> tuple[Any, ...]:
            gradients = tuple(variant.backward(dout, cache))
            return gradients[:position] + gradients[position + 1 :]

        return variant._replace(forward=forward, backward=backward)

    return layer._replace(
        input_names=tuple(one for one in layer.input_names if one != name),
        facts=facts,
        variants={key: reduced(variant) for key, variant in layer.variants.items()},
    )

"""A layer without one of its inputs, for code that has no place for it: a convolution without a bias."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcheck.layers.layer import Array, Facts, Layer, Variant
from convcheck.spec.sizes import Sizes


def without(layer: Layer, name: str, sizes: Sizes) -> Layer:
    """The layer at these sizes without the input `name`, which is one of those that are optional.

    Its reference computes with the value at which that input vanishes, and gives no gradient of it.
    """
    position = layer.input_names.index(name)
    absent = np.full(sizes.shapes()[name], layer.words.optional[name])

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
            filled = absent.astype(arguments[0].dtype)
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

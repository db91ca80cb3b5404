"""Every layer there is. A new one is a file beside this one, and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from convcheck.layers import batchnorm, conv, max_pool, relu, spatial_batchnorm
from convcheck.layers.layer import Layer
from convcheck.spec.sizes import LayerForm

LAYERS: Mapping[str, Layer] = {
    "conv": conv.LAYER,
    "max_pool": max_pool.LAYER,
    "relu": relu.LAYER,
    "batchnorm": batchnorm.LAYER,
    "spatial_batchnorm": spatial_batchnorm.LAYER,
}

FORMS: Mapping[str, LayerForm] = {name: LayerForm(layer.sizes, tuple(layer.variants)) for name, layer in LAYERS.items()}

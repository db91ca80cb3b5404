"""The magnitudes by which the rounding of a batchnorm is bounded, of columns and of images."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import data_for, passes


@pytest.mark.parametrize("name", ["batchnorm", "spatial_batchnorm"])
def test_scale_is_of_the_size_of_the_result_for_ordinary_data(name):
    layer = LAYERS[name]
    size = {"N": 32, "D": 4} if name == "batchnorm" else {"N": 4, "C": 3, "H": 3, "W": 3}
    sizes = layer.sizes(**size)
    inputs, dout, params = data_for(layer, sizes, seed=0)
    scale = layer.rounding(layer, layer.facts(sizes), inputs, dout, params)
    for tensor, value in passes(layer, layer.variants["vectorized"], inputs, dout, params).items():
        assert np.median(scale[tensor]) < 200 * np.median(np.abs(value)), tensor


@pytest.mark.parametrize("mode", ["train", "test"])
def test_batchnorm_scale_is_float64_whatever_the_inputs(mode):
    layer = LAYERS["batchnorm"]
    sizes = layer.sizes(N=1, D=3, mode=mode)
    inputs, dout, params = data_for(layer, sizes, seed=0, dtype="float32")
    scale = layer.rounding(layer, layer.facts(sizes), inputs, dout, params)
    assert {a.dtype for a in scale.values()} == {np.dtype("float64")}
    assert all(np.all(np.isfinite(a)) for a in scale.values())

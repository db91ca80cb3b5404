"""Every variant computes what every other computes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from tests.layers.cases import EXACT, SIZES, SOUND_VARIANTS, data_for, dyadic, normal, passes

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from(["float64", "float32"])
OTHERS = [(name, v) for name, v in SOUND_VARIANTS if v != LAYERS[name].reference]


@pytest.mark.parametrize(("name", "variant"), [o for o in OTHERS if o[0] in EXACT])
@settings(max_examples=10, deadline=None)
@given(draw=st.data())
def test_sums_of_dyadic_numbers_agree_to_the_last_bit(name, variant, draw):
    layer = LAYERS[name]
    data = data_for(layer, draw.draw(SIZES[name]), draw.draw(seeds), dyadic, draw.draw(dtypes))
    reference = passes(layer, layer.variants[layer.reference], *data)
    for tensor, value in passes(layer, layer.variants[variant], *data).items():
        np.testing.assert_array_equal(value, reference[tensor], strict=True, err_msg=tensor)


@pytest.mark.parametrize(("name", "variant"), OTHERS)
@settings(max_examples=10, deadline=None)
@given(draw=st.data())
def test_normal_numbers_agree_within_rounding(name, variant, draw):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    facts = layer.facts(sizes)
    inputs, dout, params = data_for(layer, sizes, draw.draw(seeds), normal, draw.draw(dtypes))
    reference = passes(layer, layer.variants[layer.reference], inputs, dout, params)
    scale = layer.rounding(layer, facts, inputs, dout, params)
    eps = np.finfo(dout.dtype).eps
    for tensor, value in passes(layer, layer.variants[variant], inputs, dout, params).items():
        bound = (8 + 6 * np.sqrt(facts.sums[tensor].terms)) * eps * scale[tensor]
        assert value.dtype == dout.dtype
        assert np.all(np.abs(value - reference[tensor]) <= 2 * bound), tensor

"""Sizes: the shapes are those of the arrays, and a spec needs the paper's letters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from convcheck.spec.fields import required
from tests.layers.cases import ONE_OF_EACH, SIZES, data_for, forward


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=15, deadline=None)
@given(draw=st.data())
def test_shapes_are_those_of_the_arrays(name, draw):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    inputs, _, params = data_for(layer, sizes, seed=0)
    out, _ = forward(layer.variants["naive"], inputs, params)
    assert sizes.shapes() == {n: a.shape for n, a in zip(layer.input_names, inputs, strict=True)} | {"out": out.shape}
    assert list(sizes.shapes()) == [*layer.input_names, "out"]
    assert list(sizes.problems()) == []


@pytest.mark.parametrize("name", LAYERS)
def test_required_fields_are_letters(name):
    sizes, one = LAYERS[name].sizes, ONE_OF_EACH[name]
    assert set(required(sizes)) <= set(one)
    assert (required(sizes) == ()) == bool(sizes.ways)
    for field in required(sizes):
        with pytest.raises(TypeError, match=field):
            sizes(**{key: value for key, value in one.items() if key != field})

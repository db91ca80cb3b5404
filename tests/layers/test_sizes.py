"""Sizes: the shapes are those of the arrays, and a spec needs the paper's letters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from convcheck.spec.fields import required
from tests.layers.cases import ONE_OF_EACH, SIZES, data_for, forward


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=8, deadline=None)
@given(draw=st.data())
def test_shapes_are_those_of_the_arrays(name, draw):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    inputs, _, params = data_for(layer, sizes, seed=0)
    out, _ = forward(layer.variants["naive"], inputs, params)
    assert sizes.shapes() == {n: a.shape for n, a in zip(layer.input_names, inputs, strict=True)} | {"out": out.shape}
    assert list(sizes.shapes()) == [*layer.input_names, "out"]
    assert list(sizes.problems()) == []


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_required_is_enough(name):
    sizes = LAYERS[name].sizes
    letters = required(sizes) or sizes.ways[0]
    assert sizes(**{letter: ONE_OF_EACH[name][letter] for letter in letters}).shapes()


def test_a_convolution_has_the_nine_letters_of_the_paper():
    assert required(LAYERS["conv"].sizes) == ("N", "C", "H", "W", "F", "H1", "W1", "stride", "pad")

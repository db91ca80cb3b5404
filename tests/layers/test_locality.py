"""The ties of each input say which outputs its entries reach: no fewer, and no more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.locality import All, Same, Spread, Window
from tests.layers.cases import CASES, SIZES, data_for, forward


def reached_by_ties(ties, index, output_shape):
    """The outputs that an entry may reach, as a mask."""
    reached = np.ones(output_shape, bool)
    for tie, i in zip(ties, index, strict=True):
        match tie:
            case Same(axis):
                along, allowed = axis, np.arange(output_shape[axis]) == i
            case Window(axis, length, stride, pad):
                first = np.arange(output_shape[axis]) * stride
                along, allowed = axis, (first <= i + pad) & (i + pad < first + length)
            case Spread(axis, length, stride, pad):
                at = np.arange(output_shape[axis]) + pad
                along, allowed = axis, (i * stride <= at) & (at < i * stride + length)
            case All():
                continue
        reached &= allowed.reshape([-1 if axis == along else 1 for axis in range(len(output_shape))])
    return reached


def reached_in_fact(variant, inputs, params, which, index):
    base, _ = forward(variant, inputs, params)
    reached = np.zeros(base.shape, bool)
    changed = [a.copy() for a in inputs]
    # Larger than all data, so that it wins every window and opens every ReLU; and of the other sign, where an output is
    # cut off above.
    for value in (100, -100):
        changed[which][index] = value
        out, _ = forward(variant, changed, params)
        reached |= out != base
    return reached


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=6, deadline=None)
@given(draw=st.data(), seed=st.integers(0, 2**32 - 1))
def test_ties_are_the_sparsity_of_the_jacobian(name, draw, seed):
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    facts = layer.facts(sizes)
    if facts.output == ():
        # There is one output.
        return
    inputs, _, params = data_for(layer, sizes, seed)
    for which, claimed in enumerate(facts.inputs):
        assert claimed.shape == inputs[which].shape
        for index in np.ndindex(claimed.shape):
            in_fact = reached_in_fact(layer.variants[layer.reference], inputs, params, which, index)
            claim = reached_by_ties(claimed.ties, index, facts.output)
            if claimed.name == "w" or not CASES[name].reaches(sizes):
                # A weight of zeros in the padding reaches nothing, which is the data's doing.
                assert not np.any(in_fact & ~claim)
            else:
                np.testing.assert_array_equal(claim, in_fact)


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=6, deadline=None)
@given(draw=st.data())
def test_sums_are_as_long_as_the_longest_there_is(name, draw):
    """With every factor 1, a sum of products is its own length: no entry is longer than claimed."""
    layer, sizes = LAYERS[name], draw.draw(SIZES[name])
    facts = layer.facts(sizes)
    assert set(facts.sums) == {"forward", *("d" + n for n in layer.input_names)}
    if not facts.exact:
        return
    inputs, dout, params = data_for(layer, sizes, 0, lambda rng, shape, dtype: np.ones(shape, dtype))
    scale = layer.rounding(layer, facts, inputs, dout, params)
    for tensor, claimed in facts.sums.items():
        assert scale[tensor].max() <= claimed.terms, tensor
        assert tensor != "db" or scale[tensor].max() == claimed.terms

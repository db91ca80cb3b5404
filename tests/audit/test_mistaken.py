"""An implementation with a mistake: what the mistake makes wrong is wrong, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.audit.mistaken import slips_of, tensors_of, variant_with
from convcheck.layers.catalogue import LAYERS, NAMES, mistakes_of
from tests.layers.cases import data_for, one, passes


def made(layer, code, seed=0):
    known, sizes = one(layer)
    inputs, dout, params = data_for(known, sizes, seed)
    variant = variant_with(known, code)
    return passes(known, variant, inputs, dout, params)


@pytest.mark.parametrize("layer", ["affine", "batchnorm", "dropout", "lstm", "softmax_loss"])
def test_with_right_code_it_is_the_layer_in_every_tensor(layer):
    known = LAYERS[layer]
    right = {name: mistakes_of(layer).right(name)[0] for name in tensors_of(known)}
    expected = made(layer, {})
    for name, values in made(layer, right).items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-9, atol=1e-11, err_msg=name)


def test_one_tensor_alone_is_wrong():
    (slip,) = (slip for slip in slips_of("affine") if slip.made.id == "bias-forgotten")
    expected, given = made("affine", {}), made("affine", slip.ways[0].wrong)
    wrong = [name for name in expected if not np.array_equal(expected[name], given[name])]
    assert wrong == ["forward"]


def test_statistics_are_left_by_the_code_of_the_mistake():
    known, sizes = one("batchnorm")
    inputs, _, params = data_for(known, sizes, 0)
    variant = variant_with(known, {"running_mean": lambda x, gamma, beta, params: params["running_mean"] + 7})
    handed = {**params}
    variant.forward(*inputs, handed)
    np.testing.assert_array_equal(handed["running_mean"], params["running_mean"] + 7)


def test_arrays_keep_their_dtype_and_complex_numbers_are_declined():
    known, sizes = one("affine")
    right = {"forward": mistakes_of("affine").right("forward")[0], "dw": mistakes_of("affine").right("dw")[0]}
    inputs, dout, params = data_for(known, sizes, 0, dtype="float32")
    variant = variant_with(known, right)
    assert {values.dtype for values in passes(known, variant, inputs, dout, params).values()} == {np.dtype("float32")}
    with pytest.raises(TypeError, match="real numbers"):
        variant.forward(*(a.astype(complex) for a in inputs))


@pytest.mark.parametrize("layer", NAMES)
def test_every_mistake_of_the_catalogue_is_there_once_with_all_its_ways(layer):
    slips = [*slips_of(layer)]
    known = mistakes_of(layer)
    every = {made.id: len(made.code) for m in known for made in known.of(m.tensor, tied=m.tied)}
    assert {slip.made.id: len(slip.ways) for slip in slips} == every
    assert all(way.right.keys() == way.wrong.keys() for slip in slips for way in slip.ways)
    # What is said to be right at any sizes is one of them.
    assert known.equivalent.keys() <= every.keys()


def test_a_slip_in_layers_one_after_the_other_is_one_in_all_tensors_before_it():
    slips = {slip.made.id: slip for slip in slips_of("affine+relu")}
    (negated,) = (slip for name, slip in slips.items() if name.endswith(": negated"))
    assert set(negated.ways[0].wrong) == {"dx", "dw", "db"}

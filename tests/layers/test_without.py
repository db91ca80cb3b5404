"""Layers without inputs that code may do without: one, or several that stand side by side."""

from __future__ import annotations

import numpy as np

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.without import absent, completed, left_out, without
from tests.layers.cases import data_for, one, passes


def test_what_is_lacking_together_stands_side_by_side_and_the_least_comes_first():
    lacking = [tuple(names) for names in left_out(LAYERS["self_attention"])]
    assert lacking[:5] == [("bq",), ("bk",), ("bv",), ("bo",), ("wo",)]
    assert {("bq", "bk", "bv"), ("bq", "bk", "bv", "bo"), ("bo", "wo")} < {*lacking}
    assert lacking[-1] == ("bq", "bk", "bv", "bo", "wo")


def test_a_layer_without_some_of_them_is_the_whole_where_these_vanish():
    whole, sizes = one("self_attention")
    layer = whole
    for name in ("bq", "bk", "bv", "bo", "wo"):
        layer = without(layer, name, sizes)
    assert layer.input_names == ("x", "wq", "wk", "wv")
    np.testing.assert_array_equal(absent(whole, "wo", sizes), np.eye(sizes.D))
    inputs, dout, params = data_for(layer, sizes, seed=0)
    every = completed(whole, layer, sizes, inputs)
    assert [a.shape for a in every] == [whole.facts(sizes).inputs[i].shape for i in range(9)]
    wanted = passes(whole, whole.variants["naive"], every, dout, params)
    for tensor, value in passes(layer, layer.variants["vectorized"], inputs, dout, params).items():
        np.testing.assert_allclose(value, wanted[tensor], rtol=1e-9, atol=1e-12)

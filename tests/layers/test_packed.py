"""Several inputs in one array: which layers code may have by that, and the arrays there and back.

Covers implementations/formed.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.formed import handed_in, layer_in_form, sizes_in_form, sizes_in_own_form
from convcheck.implementations.trial import trial_inputs
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.packed import taken_otherwise, with_packed
from convcheck.layers.words import Form

LAYER = LAYERS["self_attention"]
SIZES = LAYER.sizes(N=2, T=3, D=4, heads=2)
PACKED = [form for form in LAYER.words.forms(SIZES) if form.packed]


def test_parts_are_in_one_or_the_layer_is_none_that_packs_them():
    whole = with_packed(LAYER, ("wqkv", "bqkv"))
    assert whole.input_names == ("x", "wqkv", "wo", "bqkv", "bo")
    without_biases = LAYER._replace(input_names=("x", "wq", "wk", "wv", "wo"))
    assert with_packed(without_biases, ("wqkv", "bqkv")).input_names == ("x", "wqkv", "wo")
    assert with_packed(LAYER._replace(input_names=("x", "wq", "wk", "wo")), ("wqkv", "bqkv")) is None


def test_code_may_have_it_with_less_or_with_what_is_packed():
    names = [one.input_names for one in taken_otherwise(LAYER)]
    assert ("x", "wq", "wk", "wv", "wo") in names
    assert ("x", "wqkv", "wo", "bqkv", "bo") in names
    assert ("x", "wqkv") in names


@pytest.mark.parametrize("form", PACKED, ids=lambda form: form.sentence[60:110])
def test_what_is_packed_comes_apart_as_it_was(form):
    inputs = trial_inputs(LAYER, SIZES)
    named = dict(zip(layer_in_form(LAYER, form).input_names, handed_in(form, LAYER, inputs), strict=True))
    shapes = sizes_in_form(SIZES, LAYER, form).shapes()
    axes = form.orders.get("wqkv", (0, 1))
    assert named["wqkv"].shape == shapes["wqkv"] == tuple((4, 12)[axis] for axis in axes)
    parts = form.packed["wqkv"].parted(np.transpose(named["wqkv"], axes))
    own = dict(zip(LAYER.input_names, inputs, strict=True))
    assert all(np.array_equal(part, own[name]) for part, name in zip(parts, ("wq", "wk", "wv"), strict=True))
    assert sizes_in_own_form(sizes_in_form(SIZES, LAYER, form)) == SIZES


def test_what_is_not_packed_is_handed_as_it_is():
    inputs = trial_inputs(LAYER, SIZES)
    assert all(map(np.array_equal, handed_in(Form(), LAYER, inputs), inputs))

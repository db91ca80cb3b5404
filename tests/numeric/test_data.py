"""Dyadic data leaves nothing to round; data for kinked layers keeps its distance."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.layers.layer import Facts, Input, Sum
from convcheck.layers.locality import Same
from convcheck.numeric.data import (
    FEWEST_BITS,
    bits_taken,
    draw,
    dyadic,
    grid_bits,
    is_exact,
    largest_sum,
    room_beside,
    spread,
)
from convcheck.numeric.plan import directions_needed
from tests.layers.cases import one

SIZES = st.fixed_dictionaries(
    {k: st.integers(1, 4) for k in ("N", "C", "F", "H1", "W1", "stride")}
    | {k: st.integers(4, 12) for k in ("H", "W")}
    | {"pad": st.integers(0, 2)}
)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@given(sizes=SIZES, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_conv_on_dyadic_data_is_exact_in_every_order_of_summation(dtype, sizes, seed):
    layer = LAYERS["conv"]
    rng = np.random.default_rng(seed)
    facts = layer.facts(layer.sizes(**sizes))
    data = draw(facts, "dyadic", np.dtype(dtype), Draws(str(seed)))
    assert data.exact
    x, w = (a.ravel() for a in data.inputs[:2])
    terms = facts.sums["forward"].terms
    products = rng.choice(x, terms) * rng.choice(w, terms)
    exact = sum(map(Fraction, products.astype(float)), Fraction(0))
    assert Fraction(float(products.sum(dtype=dtype))) == exact
    assert Fraction(float(np.cumsum(products, dtype=dtype)[-1])) == exact


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("kind", ["dyadic", "normal"])
def test_no_entry_is_zero_and_none_is_a_whole_number_for_long(layer, kind):
    known, sizes = one(layer)
    facts = known.facts(sizes)
    data = draw(facts, kind, np.dtype("float64"), Draws("any"))
    for array in (*data.inputs, data.dout, data.other_dout):
        assert (array != 0).all()
        if array.size > 3:
            assert (array % 1 != 0).any()


def test_bits_shrink_with_the_longest_sum_and_never_pass_the_mantissa():
    layer = LAYERS["conv"]
    sizes = {"N": 256, "C": 3, "H": 64, "W": 64, "F": 2, "H1": 3, "W1": 3, "stride": 1, "pad": 1}
    assert grid_bits(layer.facts(layer.sizes(**sizes)), 24) < 3
    assert grid_bits(layer.facts(layer.sizes(**sizes | {"N": 1, "H": 8, "W": 8})), 24) >= 5
    assert grid_bits(layer.facts(layer.sizes(**sizes)), 53) == 12


def test_where_float32_has_no_room_the_data_is_not_called_exact():
    layer = LAYERS["conv"]
    sizes = layer.sizes(N=256, C=1, H=64, W=64, F=1, H1=3, W1=3, stride=1, pad=1)
    assert not draw(layer.facts(sizes), "dyadic", np.dtype("float32"), Draws("any")).exact
    assert draw(layer.facts(sizes), "dyadic", np.dtype("float64"), Draws("any")).exact


@given(bits=st.integers(1, 20), seed=st.integers(0, 1000))
def test_dyadic_values_are_multiples_of_the_grid_within_two(bits, seed):
    values = dyadic((50,), bits, Draws(str(seed)))
    assert (np.abs(values) < 2).all()
    assert (values * 2.0 ** (bits - 1) % 1 == 0).all()


@given(shape=st.lists(st.integers(1, 6), min_size=0, max_size=4), kind=st.sampled_from(["dyadic", "normal"]))
def test_spread_values_keep_the_gap_from_each_other_and_from_zero(shape, kind):
    values, gap = spread(tuple(shape), kind, 53, Draws("3"))
    ordered = np.sort(values.ravel())
    assert (np.diff(ordered) >= gap).all()
    assert (np.abs(ordered) >= gap).all()


# From the first example to the layers of large networks.
NETWORKS = {
    "small": {"N": 1, "C": 1, "H": 3, "W": 3, "F": 1, "H1": 1, "W1": 1, "stride": 1, "pad": 0},
    "first": {"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3, "stride": 1, "pad": 1},
    "stem": {"N": 2, "C": 3, "H": 224, "W": 224, "F": 64, "H1": 7, "W1": 7, "stride": 2, "pad": 3},
    "first of VGG": {"N": 2, "C": 64, "H": 224, "W": 224, "F": 64, "H1": 3, "W1": 3, "stride": 1, "pad": 1},
    "last of ResNet": {"N": 2, "C": 2048, "H": 7, "W": 7, "F": 512, "H1": 3, "W1": 3, "stride": 1, "pad": 1},
    "linear of VGG": {"N": 2, "C": 512, "H": 7, "W": 7, "F": 4096, "H1": 7, "W1": 7, "stride": 1, "pad": 0},
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("sizes", NETWORKS.values(), ids=NETWORKS)
def test_two_directions_prove_convolutions_of_every_size(sizes, dtype):
    layer, mantissa = LAYERS["conv"], np.finfo(dtype).nmant + 1
    facts = layer.facts(layer.sizes(**sizes))
    bits = grid_bits(facts, mantissa)
    assert is_exact(facts, "dyadic", bits)
    for taken in bits_taken(facts, mantissa, bits):
        assert directions_needed(room_beside(taken, np.finfo(np.float64).eps)).directions == 2


@pytest.mark.parametrize("terms", [2**10, 2**15, 2**19])
def test_data_has_as_many_bits_as_two_directions_leave(terms):
    layer = LAYERS["conv"]
    sizes = layer.sizes(N=1, C=terms // 2, H=1, W=1, F=1, H1=1, W1=1, stride=1, pad=0)
    facts = layer.facts(sizes)
    bits = grid_bits(facts, 53)
    assert bits >= FEWEST_BITS
    room = room_beside(bits_taken(facts, 53, bits)[0], np.finfo(float).eps)
    assert room >= 31
    assert bits == 12 or room == 31


@pytest.mark.parametrize(("bits", "terms"), [(3, 500_000), (3, 130_000), (5, 30_000), (8, 100)])
def test_sums_of_drawn_terms_stay_below_what_is_said_of_them(bits, terms):
    most = largest_sum(terms, bits, 2)
    assert most <= terms * 2.0 ** (2 * bits)
    for seed in range(3):
        x, dout = (np.abs(dyadic((terms,), bits, Draws(f"{seed} {name}"))) * 2.0 ** (bits - 1) for name in "xy")
        assert 0.5 * most < (x * dout).sum() <= most or terms < 1000


def test_the_longest_sums_of_float32_are_exact_in_every_order():
    layer, rng = LAYERS["conv"], np.random.default_rng(1)
    facts = layer.facts(layer.sizes(N=10, C=1, H=224, W=224, F=1, H1=1, W1=1, stride=1, pad=0))
    data = draw(facts, "dyadic", np.dtype(np.float32), Draws("long"))
    assert data.exact
    terms = data.inputs[0].ravel() * data.dout.ravel()
    right = terms.astype(float).sum()
    for ordered in (terms, np.sort(terms), terms[rng.permutation(terms.size)]):
        assert np.cumsum(ordered, dtype=np.float32)[-1] == right


def test_a_smooth_input_may_be_drawn_far_from_zero():
    claim = Input("x", (4, 6), "smooth", (Same(0), Same(1)), away=800.0)
    facts = Facts((claim,), (4, 6), {"forward": Sum(("x",), 1), "dx": Sum(("dout",), 1)}, exact=False)
    near = draw(facts._replace(inputs=(claim._replace(away=0.0),)), "dyadic", np.dtype("float64"), Draws("any"))
    far = draw(facts, "dyadic", np.dtype("float64"), Draws("any"))
    np.testing.assert_array_equal(far.inputs[0], near.inputs[0] + 800 * np.sign(near.inputs[0]))
    np.testing.assert_array_equal(far.dout, near.dout)

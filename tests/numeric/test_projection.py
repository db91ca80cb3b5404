"""Random projections that round nothing: right gradients agree, wrong ones pass as often as the formula says."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from convcheck.layers.locality import All, Same
from convcheck.numeric.data import bits_taken, grid_bits, room_beside, tied
from convcheck.numeric.function import InputProbe
from convcheck.numeric.plan import MISS_BITS, directions_needed
from convcheck.numeric.projection import (
    KINKED,
    LINEARITY_COST,
    NO_ROOM,
    NOT_ADDITIVE,
    ExactIdentity,
    GridValues,
    is_exactly_linear,
    on_grid,
    project,
    random_integers,
)
from tests.numeric.probed import CONV, EPS, POOL, ROOM, conv_probing, pool_probing, probing_of


@given(st.integers(1, 3), st.integers(1, 3), st.integers(3, 7), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2))
def test_a_right_gradient_of_a_convolution_is_proved_in_three_evaluations(n, c, h, f, stride, position):
    probing, right = conv_probing(position, N=n, C=c, H=h, F=f, stride=stride)
    before = probing.probe._function.evaluations
    projections = project(probing, right)
    assert projections.proved
    assert projections.miss_bits >= MISS_BITS
    assert projections.agrees.shape == (n if position == 0 else f,)
    assert probing.probe._function.evaluations - before == directions_needed(ROOM).evaluations("linear") == 3


def test_in_float32_more_directions_of_fewer_bits_prove_as_much():
    probing, right = conv_probing(0, dtype=np.dtype(np.float32))
    projections = project(replace(probing, room=12), right)
    assert projections.proved
    assert projections.miss_bits >= MISS_BITS
    assert directions_needed(12) == (7, 9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("place", [None, 0, 1, 4, 5])
@pytest.mark.parametrize("sizes", [{}, {"stride": 1}, {"C": 64, "H": 28, "W": 28}])
def test_a_right_gradient_of_max_pool_is_proved_from_both_sides(sizes, place, dtype):
    probing, right = pool_probing(dtype=np.dtype(dtype), place=place, **sizes)
    before = probing.probe._function.evaluations
    projections = project(probing, right)
    assert (projections.obstacle, projections.proved, projections.miss_bits >= MISS_BITS) == ("", True, True)
    assert probing.probe._function.evaluations - before == 5
    # No entry is moved as far as the next one.
    assert np.abs(sum(projections.directions)).max() <= 2 * probing.steps.step


@pytest.mark.parametrize("entries", [10**k for k in range(9)])
def test_kinked_data_of_any_size_leaves_room_for_directions(entries):
    facts = LAYERS["relu"].facts(LAYERS["relu"].sizes(shape=(entries,)))
    for mantissa in (53, 24):
        taken = bits_taken(facts, mantissa, grid_bits(facts, mantissa))
        needed = directions_needed(room_beside(taken[0], EPS))
        assert needed.directions == (2 if entries < 2**21 or mantissa == 24 else 3)


def test_where_entries_tie_both_sides_differ():
    probing, right = pool_probing()
    x = tied(probing.x.shape, Draws("ties"))
    probe = InputProbe(probing.probe._function, [x], 0)
    probing = replace(probing, probe=probe, base=probe(np.zeros(x.shape)))
    assert project(probing, right).obstacle == KINKED


@pytest.mark.parametrize(("at", "obstacle"), [(0.0, KINKED), (1 / 8, NOT_ADDITIVE)])
def test_another_kink_at_the_data_or_near_it_proves_nothing(at, obstacle):
    probing, right = pool_probing()
    kink = probing.base + at * probing.steps.step

    def bent(x, params):
        out, cache = POOL.variants["vectorized"].forward(x, params)
        return out + np.maximum(out - kink, 0), cache

    probing, _ = pool_probing(bent)
    assert project(probing, right).obstacle in (KINKED, obstacle)


def unit_of(gradient):
    return 2.0 ** on_grid(gradient).exponent


PLANTED = {
    "one entry by one unit of the grid": lambda g: g.flat.__setitem__(7, g.flat[7] + unit_of(g)),
    "two entries that cancel": lambda g: g.flat.__setitem__([3, 4], g.flat[[3, 4]] + [2.0, -2.0]),
    "zeros": lambda g: g.fill(0.0),
    "the last image or filter": lambda g: g[-1].fill(0.0),
    "the last row": lambda g: np.add(g[..., -1, :], 2, out=g[..., -1, :]),
    "the last entry": lambda g: g.flat.__setitem__(-1, 1 - g.flat[-1]),
    "one entry that is no number of the grid": lambda g: g.flat.__setitem__(0, 1 / 3),
}


@pytest.mark.parametrize("make", [lambda: conv_probing(0), lambda: conv_probing(1), pool_probing])
@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_mistake_is_seen(planted, make):
    probing, right = make()
    wrong = right.copy()
    PLANTED[planted](wrong)
    assert (wrong != right).any()
    projections = project(probing, wrong)
    assert not projections.obstacle
    assert not projections.proved
    # Where the blocks are, the mistake is.
    off = (wrong != right).reshape(*projections.agrees.shape, -1).any(axis=-1)
    assert np.array_equal(~projections.agrees, off)


# From one number to a layer of a ResNet.
SIZES = {
    "one number": {"N": 1, "C": 1, "H": 1, "W": 1, "F": 1, "H1": 1, "W1": 1, "pad": 0},
    "the first example": {"N": 2, "C": 3, "H": 8, "W": 8, "F": 4, "H1": 3, "W1": 3},
    "of stride 2": {"N": 3, "C": 16, "H": 15, "W": 15, "F": 8, "H1": 3, "W1": 3, "stride": 2},
    "a stem": {"N": 2, "C": 3, "H": 112, "W": 112, "F": 16, "H1": 7, "W1": 7, "stride": 2, "pad": 3},
    "a stage": {"N": 2, "C": 64, "H": 28, "W": 28, "F": 64, "H1": 3, "W1": 3},
    "a late stage": {"N": 2, "C": 512, "H": 7, "W": 7, "F": 64, "H1": 3, "W1": 3},
}


# Each from x, the right gradient and one unit of its grid.
PLANTED_EVERYWHERE = {
    "one entry by one unit of the grid": lambda x, g, unit: (
        g + unit * (np.arange(g.size).reshape(g.shape) == g.size // 2)
    ),
    "the last image or filter": lambda x, g, unit: np.concatenate((g[:-1], 0 * g[-1:])),
    "the last row": lambda x, g, unit: np.concatenate((g[..., :-1, :], g[..., -1:, :] + 1), axis=-2),
    "the first filter or image": lambda x, g, unit: np.concatenate((2 * g[:1], g[1:])),
    "pairs that cancel": lambda x, g, unit: g + np.resize([1.0, -1.0], g.size).reshape(g.shape),
    "zeros": lambda x, g, unit: 0 * g,
    "where x is smallest": lambda x, g, unit: np.where(np.abs(x) == np.abs(x).min(), 0.0, g),
    "where x is small": lambda x, g, unit: np.where(np.abs(x) < np.median(np.abs(x)) * 1.01, 0.5 * g, g),
}


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_planted_mistakes_are_seen_at_every_size(sizes, position):
    probing, right = conv_probing(position, **sizes)
    projections = project(probing, right)
    assert projections.proved
    for name, plant in PLANTED_EVERYWHERE.items():
        wrong = plant(probing.x, right, unit_of(right))
        off = (wrong != right).reshape(*projections.agrees.shape, -1).any(axis=-1)
        assert off.any(), name
        identity = ExactIdentity(wrong, probing.dout, probing.claim.ties)
        seen = [~identity.agrees(*each) for each in zip(projections.directions, projections.slopes, strict=True)]
        # In each of the directions by itself, and where it is.
        assert all(np.array_equal(each, off) for each in seen), name


@pytest.mark.parametrize("value", [np.nan, np.inf, 2.0**-70])
def test_a_value_that_is_on_no_grid_with_the_others_is_said(value):
    probing, right = conv_probing(0)
    right.flat[5] = value
    projections = project(probing, right)
    assert (projections.proved, "the gradient" in projections.obstacle) == (False, True)


def rounded(x):
    return x.astype(np.float32).astype(np.float64)


INEXACT = {
    "float32 inside": lambda x, w, b, params: CONV.variants["vectorized"].forward(rounded(x), w, b, params),
    "a transform": lambda x, w, b, params: CONV.variants["vectorized"].forward(
        np.fft.irfft(np.fft.rfft(x, axis=2), n=x.shape[2], axis=2), w, b, params
    ),
    "bent": lambda x, w, b, params: CONV.variants["vectorized"].forward(np.maximum(x, 0), w, b, params),
}


@pytest.mark.parametrize("gradient", ["right", "zeros"])
@pytest.mark.parametrize("kind", INEXACT)
def test_it_is_not_applicable_where_forward_rounds_or_bends(kind, gradient):
    probing, right = conv_probing(0, forward=INEXACT[kind])
    projections = project(probing, right if gradient == "right" else np.zeros_like(right))
    assert (projections.proved, projections.obstacle) == (False, NOT_ADDITIVE)


@pytest.mark.parametrize("room", [1, 3, 9])
def test_without_room_for_directions_nothing_is_evaluated(room):
    probing, right = conv_probing(0)
    assert project(replace(probing, room=room), right).obstacle == NO_ROOM
    assert probing.probe._function.evaluations == 0


def test_no_direction_leaves_the_bits_that_there_is_room_for():
    for room in range(2, 50):
        if needed := directions_needed(room):
            assert needed.miss_bits >= MISS_BITS
            assert needed.directions << needed.bits <= 2**room
    assert directions_needed(31) == (2, 30)
    assert directions_needed(30) == (3, 28)


def test_every_integer_but_zero_is_drawn_as_often():
    counts = np.unique(random_integers((80000,), 3, Draws("3")), return_counts=True)
    assert counts[0].tolist() == [-4, -3, -2, -1, 1, 2, 3, 4]
    assert (np.abs(counts[1] - 10000) < 500).all()


TRIES = 100_000
# Of a row of three entries, how far each is off, in units of the grid; and whether that ever passes.
WRONG = {
    "one entry": (lambda d: np.multiply(d, [0, 0, 1]), False),
    "one entry by a large power of two": (lambda d: np.multiply(np.sign(d) * 2.0**58, [0, 1, 0]), False),
    "two that cancel": (lambda d: d[:, :1] * [1, 0, -1], True),
    "two that cancel, by a large power of two": (lambda d: np.sign(d[:, :1]) * 2.0**57 * [0, 1, -1], True),
}


@pytest.mark.parametrize(("bits", "rounds"), [(6, 1), (8, 1), (16, 10)])
@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_gradients_pass_one_projection_as_often_as_the_formula_says(wrong, bits, rounds):
    rng, draws = np.random.default_rng(bits), Draws(wrong)
    make, passes = WRONG[wrong]
    ties = (Same(0), All())
    passed = 0
    for _ in range(rounds if passes else 1):
        # Each row is a block, and so an experiment of its own.
        shape = (TRIES, 3)
        v = random_integers(shape, bits, draws)
        weights, dout = rng.integers(1, 64, 3) * 2.0**-5, rng.integers(1, 64, shape) * 2.0**-5
        right = weights * dout
        off = make(rng.integers(1, 2**20, shape) * rng.choice([-1, 1], shape))
        # A right gradient of zero leaves large ones on the grid.
        right[off != 0], dout[off != 0] = 0.0, 0.0
        passed += ExactIdentity(right + off * 2.0**-10, dout, ties).agrees(v, weights * v).sum()
    assert ExactIdentity(right, dout, ties).agrees(v, weights * v).all()
    expected = rounds * TRIES * 2.0**-bits
    least, most = max(1, expected - 5 * sqrt(expected)), expected + 5 * sqrt(expected)
    assert least <= passed <= most if passes else passed == 0


@pytest.mark.parametrize("multiple", [0, 20, 40])
def test_wrong_gradients_of_any_kind_pass_no_more_often(multiple):
    rng, bits = np.random.default_rng(multiple), 16
    shape = (TRIES, 4)
    v = random_integers(shape, bits, Draws("any"))
    off = rng.integers(-1, 2, shape) * rng.integers(1, 4, shape) * 2.0**multiple
    passed = ExactIdentity(1.0 + off, np.ones(shape), (Same(0), All())).agrees(v, v) & off.any(axis=1)
    expected = TRIES * 2.0**-bits
    assert passed.sum() < expected + 5 * sqrt(expected)


@pytest.mark.parametrize(
    ("values", "exponent"),
    [([0.0, 0.0], 0), ([3.0, -0.5], -1), ([96.0, -64.0], 5), ([2.0**900, 2.0**850], 850), ([5e-324, 1e-323], -1074)],
)
def test_values_on_a_grid_are_integers_of_its_units(values, exponent):
    found = on_grid(np.array(values))
    assert (np.ldexp(found.floats, found.exponent) == values).all()
    assert (found.floats == found.floats.astype(np.int64)).all()
    assert np.abs(found.floats).max() < 2.0**found.bits
    assert exponent == found.exponent


@pytest.mark.parametrize("values", [[1.0, 2.0**-62], [1e300, 1e-300], [1.0, np.inf], [np.nan], [2.0**70, 2.0**-5]])
def test_values_that_differ_by_more_than_a_word_are_on_no_grid(values):
    assert on_grid(np.array(values)) is None


def test_blocks_follow_the_axes_of_the_output():
    v = np.arange(1.0, 25.0).reshape(2, 3, 4)
    # Axes 0 and 2 of the input are 1 and 0 of the output.
    slope = v.sum(axis=1).T
    gradient = np.ones(v.shape)
    ties = (Same(1), All(), Same(0))
    assert ExactIdentity(gradient, np.ones(slope.shape), ties).agrees(v, slope).shape == (4, 2)
    gradient[1, 0, 2] = 2.0
    assert np.argwhere(~ExactIdentity(gradient, np.ones(slope.shape), ties).agrees(v, slope)).tolist() == [[2, 1]]


def test_a_sum_beyond_a_word_is_no_agreement():
    # Their difference is 2⁶⁴ units of the grid, which is nothing modulo 2⁶⁴.
    v, ones = np.array([2.0**32, 1.0]), np.ones(1)
    assert not ExactIdentity(np.array([2.0**32, 1.0]), ones, (All(),)).agrees(v, ones)
    assert ExactIdentity(np.array([0.0, 1.0]), ones, (All(),)).agrees(v, ones)


def test_a_direction_says_the_same_on_a_finer_grid_than_it_needs():
    v = np.array([3.0, -1.0])
    identity = ExactIdentity(np.array([1.0, 0.5]), np.array([1.0, 0.5]), (Same(0),))
    for wrong in (0.0, 2.0**-40):
        slope = np.array([3.0, wrong - 1.0])
        found = identity.agrees_along(GridValues(4 * v, -2, 4), slope)
        assert found.tolist() == identity.agrees(v, slope).tolist() == [True, not wrong]


def test_rounding_is_bounded_block_by_block_where_all_at_once_it_might_hide_a_word():
    v = random_integers((4096,), 30, Draws("wide"))
    wide = np.where(np.arange(len(v)) % 2, 1.0, 2.0**-60)
    assert ExactIdentity(wide, wide, (Same(0),)).agrees(v, v).all()


def test_a_number_of_no_axes_is_projected():
    probing = replace(probing_of(lambda x: 3 * x, np.array(1.5), "linear", dout=np.array(0.5)), room=ROOM)
    assert project(probing, np.array(1.5)).proved
    assert not project(probing, np.array(1.25)).proved


def after(change):
    """The convolution of `change(x, at)`, where `at` is the data."""
    at = conv_probing(0)[0].x
    return lambda x, w, b, params: CONV.variants["vectorized"].forward(change(x, at), w, b, params)


def bent_by(extra):
    """The convolution, and more by `extra` of the distance from the data."""

    def forward(x, w, b, params):
        out, cache = CONV.variants["vectorized"].forward(x, w, b, params)
        return out + extra(x - at).sum(), cache

    at = conv_probing(0)[0].x
    return forward


# What is linear over most distances, and not over all.
BENT = {
    "dead near the data": after(lambda x, at: np.where(np.abs(x - at) < 2.0**-27, at, x)),
    "cut off far away": after(lambda x, at: np.clip(x, -1e3, 1e3)),
    "a tiny kink": bent_by(lambda d: np.abs(d) * 2.0**-30),
    "a tiny curve": bent_by(lambda d: d**2 * 2.0**-40),
    "pruned": after(lambda x, at: np.where(np.abs(x) > 0.5, x, 0)),
    "linear at the data only": bent_by(lambda d: np.maximum(np.abs(d) - 16, 0)),
    "rounded to the grid of the data": after(lambda x, at: np.round(x * 2.0**11) / 2.0**11),
}


@pytest.mark.parametrize("bent", BENT)
def test_what_is_linear_over_most_distances_is_not_taken_for_linear(bent):
    probing, _ = conv_probing(0, forward=BENT[bent])
    assert not is_exactly_linear(probing)


@pytest.mark.parametrize("make", [lambda: conv_probing(0), lambda: conv_probing(1), pool_probing])
def test_what_is_linear_near_and_far_is_found_to_be(make):
    probing, _ = make()
    before = probing.probe._function.evaluations
    assert is_exactly_linear(probing)
    assert probing.probe._function.evaluations - before == LINEARITY_COST


def test_a_kink_nearer_than_directions_go_is_seen_at_kinked_data():
    probing, _ = pool_probing()
    near = probing.base + probing.steps.step * 2.0**-20

    def bent(x, params):
        out, cache = POOL.variants["vectorized"].forward(x, params)
        return out + np.maximum(out - near, 0), cache

    assert not is_exactly_linear(pool_probing(bent)[0])

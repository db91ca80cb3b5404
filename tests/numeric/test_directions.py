"""Random directions: what they see of each entry, and what passes them.

Covers numeric/blocks.py as well.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.layers.draws import Draws
from convcheck.layers.locality import All, Same, Window
from convcheck.numeric.blocks import blocks_of
from convcheck.numeric.data import Steps
from convcheck.numeric.directions import (
    LIKE,
    Identity,
    Sight,
    identity_along,
    root_sum,
    weighted_direction,
    weights_of,
)
from convcheck.numeric.plan import MISS
from tests.numeric.probed import WHOLE, probing_of


def identity_of(direction, error=1e-10):
    return Identity(direction, np.abs(direction), np.zeros(()), np.asarray(error), np.zeros((), dtype=bool))


def test_a_direction_moves_entries_by_what_makes_their_terms_count_alike():
    terms = np.array([1.0, 0.5, 0.1, 1e-9, 4.0, 0.0])
    entries = np.array([True, True, True, True, False, True])
    v = np.abs(weighted_direction(weights_of(terms, entries), Draws("any")))
    assert v[4] == 0
    assert v.max() <= 1
    # 1/2 to 1 of the weight each, and those of far smaller terms no further than that makes them.
    counts = v[:3] * terms[:3]
    assert counts.max() <= 2 * counts.min()
    assert v[3] * LIKE >= v[0]
    assert v[3] <= 2 * LIKE * v[0]


def test_entries_without_terms_are_moved_alike():
    v = np.abs(weighted_direction(weights_of(np.zeros(50), np.arange(50) < 40), Draws("any")))
    assert (v[:40] >= 0.5).all()
    assert (v[40:] == 0).all()


def test_the_slope_of_a_sum_is_that_of_its_terms():
    x = np.linspace(0.5, 2, 12).reshape(3, 4)
    probing = probing_of(np.sin, x, dout=np.arange(12.0).reshape(3, 4))
    v = weighted_direction(np.ones((3, 4)), probing.rng)
    rows = blocks_of((Same(0), All()))
    identity = identity_along(probing, probing.ridders, v, rows)
    right = (v * np.cos(x) * probing.dout).sum(axis=1)
    assert identity.value.shape == (3,)
    assert (np.abs(identity.value - right) <= identity.error).all()
    assert (identity.error < 1e-9).all()
    assert not identity.kinked.any()


def test_kinks_are_those_of_their_block():
    probing = probing_of(np.abs, np.array([0.0, 1.0]), "kinked", steps=Steps(0.25, 0.25))
    scheme = next(probing.schemes("kinked"))
    v = weighted_direction(np.ones(2), probing.rng)
    assert identity_along(probing, scheme, v, blocks_of((Same(0),))).kinked.tolist() == [True, False]


@pytest.mark.parametrize("ties", [(Same(1), All(), Same(0)), (All(), Same(0), Window(1, 2)), (All(),) * 3])
def test_blocks_have_their_own_sums_and_give_each_entry_its_own(ties):
    shape, output = (4, 5, 3), (3, 4) if Same(1) in ties else (5, 2)
    blocks = blocks_of(ties)
    x, out = np.random.default_rng(0).standard_normal(shape), np.ones(output)
    sums = blocks.input_sums(x)
    assert sums.shape == blocks.output_sums(out).shape
    spread = blocks.at_input(sums, shape)
    for index in np.ndindex(*shape):
        block = tuple(index[axis] for axis in blocks.of_input)
        kept = tuple(index[axis] if axis in blocks.of_input else slice(None) for axis in range(3))
        assert sums[block] == pytest.approx(x[kept].sum())
        assert spread[index] == sums[block]


def seen_to(terms, *identities, bound=1e-10):
    sight = Sight(terms)
    for identity in identities:
        sight.add(identity, np.asarray(bound), WHOLE)
    return sight.seen_to


def test_one_direction_sees_what_its_bound_leaves_and_two_see_more():
    terms, v = np.array([1.0, 1.0, 0.0]), np.array([1.0, -0.5, 1.0])
    least = np.array([4e-10, 8e-10])
    one, two = seen_to(terms, identity_of(v)), seen_to(terms, identity_of(v), identity_of(v))
    assert np.isinf([one[2], two[2]]).all()
    assert one[:2] == pytest.approx(least / MISS)
    assert two[:2] == pytest.approx(least / MISS**0.5)


def test_a_direction_that_tells_little_takes_nothing_away():
    v, blind, dim = np.array([1.0]), np.array([0.0]), np.array([1e-8])
    for others in ([blind], [dim], [blind, dim]):
        for order in ([*others, v, v], [v, *others, v], [v, v, *others]):
            assert seen_to(np.ones(1), *map(identity_of, order)) == pytest.approx(4e-10 / MISS**0.5)


@pytest.mark.parametrize(("bound", "wish"), [(1e-10, 1e-6), (1e-10, 1e-8), (1e-8, 1e-6), (1e-8, 1e-8)])
def test_how_many_more_directions_it_takes_is_foreseen(bound, wish):
    sight, identity = Sight(np.ones(1)), identity_of(np.ones(1))
    for number in range(1, 40):
        sight.add(identity, np.asarray(bound), WHOLE)
        if number == 2:
            foreseen = 2 + sight.further(wish)[0]
        if sight.seen_to[0] <= wish:
            assert number == max(np.ceil(foreseen), 1)
            break
    else:
        assert np.isinf(foreseen)


@pytest.mark.parametrize("wrong", [1, 2, 7])
@pytest.mark.parametrize("times", [2, 10])
def test_wrong_gradients_pass_no_more_often_than_is_said(wrong, times):
    """Errors that are `times` the least that one direction sees, alone or together: 1 in `times` at most passes."""
    rng, size, bound, trials = Draws(f"{wrong} {times}"), 12, 1e-3, 4000
    terms = np.ones(size)
    errors = np.zeros(size)
    passed = 0
    signs = np.where(np.arange(wrong) % 2, -1.0, 1.0)
    for _ in range(trials):
        v = weighted_direction(terms, rng)
        identity = identity_of(v)._replace(weights=weights_of(terms, terms > 0))
        least = float(seen_to(terms, identity, bound=bound).max()) * MISS
        errors[:wrong] = times * least * signs
        passed += abs(float((v * errors).sum())) <= 2 * bound
    assert passed / trials <= 1 / times


@given(st.integers(1, 60), st.integers(0, 10**6))
def test_what_was_rounded_before_the_direction_was_drawn_stays_within_its_root(size, seed):
    rng = Draws(str(seed))
    rounding = rng.uniform(0.0, 1.0, (size,))
    v = weighted_direction(np.ones(size), rng)
    assert abs(float((v * rounding).sum())) <= root_sum(((v * rounding) ** 2).sum())

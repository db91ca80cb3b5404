"""Random numbers of checks: what they are, and that they are the same everywhere."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.layers import draws
from convcheck.layers.draws import Draws

SHAPES = st.lists(st.integers(0, 5), max_size=4).map(tuple)
# Of a normal approximation: a right generator fails one of these once in a million years of this suite.
DEVIATIONS = 8


def all_kinds(rng):
    return [
        rng.integers(1, 4096, (3, 4)),
        rng.signs((5,)),
        rng.uniform(0.25, 1.0, (2, 3)),
        rng.order(7),
        rng.normal((4,)),
        rng.uniform(0.5, 2.0),
    ]


@given(seed=st.text(max_size=20))
def test_the_same_seed_gives_the_same_arrays(seed):
    for one, other in zip(all_kinds(Draws(seed)), all_kinds(Draws(seed)), strict=True):
        assert one.tobytes() == other.tobytes()
    assert all_kinds(Draws(seed))[0].tobytes() != all_kinds(Draws(seed + " "))[0].tobytes()


def test_these_are_the_bits_on_every_machine():
    drawn = all_kinds(Draws("0 conv"))
    assert drawn[0].tolist()[0] == [539, 3471, 4037, 356]
    assert drawn[2].tolist()[0] == [0.8806236408598588, 0.8581488957963614, 0.31011311491826954]
    assert drawn[4].tolist()[:2] == [0.9260401558480048, -0.3303137741206094]


@given(shape=SHAPES, low=st.integers(-50, 50), span=st.integers(1, 5000))
def test_arrays_have_the_shape_and_the_bounds_asked_for(shape, low, span):
    rng = Draws("any")
    integers = rng.integers(low, low + span, shape)
    reals = rng.uniform(low, low + span, shape)
    assert integers.shape == reals.shape == rng.normal(shape).shape == rng.signs(shape).shape == shape
    assert ((low <= integers) & (integers < low + span)).all()
    assert ((low <= reals) & (reals < low + span)).all()
    assert integers.dtype == np.int64
    assert reals.dtype == np.float64


@given(count=st.integers(0, 300))
def test_an_order_has_every_number_once(count):
    assert sorted(Draws("any").order(count)) == list(range(count))


@pytest.mark.parametrize("span", [2, 3, 7, 4095])
def test_every_integer_is_as_likely(span):
    counts = np.bincount(Draws("any").integers(0, span, (200_000,)), minlength=span)
    expected = 200_000 / span
    assert len(counts) == span
    assert np.abs(counts - expected).max() < DEVIATIONS * expected**0.5


def test_neighbours_are_independent():
    for values in (
        Draws("any").uniform(-1, 1, (200_000,)),
        Draws("any").signs((200_000,)),
        Draws("any").normal((200_000,)),
    ):
        spread = values.std()
        assert abs(values.mean()) < DEVIATIONS * spread / 200_000**0.5
        assert abs((values[1:] * values[:-1]).mean()) < DEVIATIONS * spread**2 / 200_000**0.5


def test_a_large_array_is_as_random_as_a_small_one_and_the_same_on_every_machine(monkeypatch):
    monkeypatch.setattr(draws, "MANY", 24)
    values = Draws("any").integers(0, 1000, (51, 51))
    assert values.shape == (51, 51)
    assert len(np.unique(values)) > 850
    assert values[0, :4].tolist() == [933, 875, 805, 440]
    assert np.array_equal(values, Draws("any").integers(0, 1000, (51, 51)))


def test_a_layer_is_checked_without_the_random_numbers_of_numpy():
    draw = "from convcheck.layers.draws import Draws; Draws('0').signs((3,))"
    code = f"import sys; {draw}; print('numpy.random' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_what_others_draw_changes_nothing():
    rng = Draws("any")
    first = rng.integers(0, 99, (5,))
    np.random.seed(0)
    np.random.random(5)
    again = Draws("any")
    assert again.integers(0, 99, (5,)).tolist() == first.tolist()
    assert again.integers(0, 99, (5,)).tolist() == rng.integers(0, 99, (5,)).tolist()

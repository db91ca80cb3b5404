"""Sums of outputs over long steps: what they say of smooth functions, and of which others they say nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.numeric.close_ladder import CloseLadder
from convcheck.numeric.directions import ROUNDED, identity_along
from tests.numeric.probed import EPS, WHOLE, probing_of

X = np.random.default_rng(0).standard_normal(40)
V = np.random.default_rng(1).uniform(0.5, 1, 40) * np.where(np.arange(40) % 3, 1, -1)


def slope_of(f, x=X, v=V, seen=None):
    """The slope of the sum of f, or None, and how often f was evaluated."""
    probing = probing_of(f, x)
    rounding = ROUNDED * EPS * np.sqrt((probing.base**2).sum() + (x**2).sum())
    found = CloseLadder(probing.ridders).slope(v, np.sum, lambda moved: np.asarray(rounding))
    return found, probing.probe._function.evaluations


SMOOTH = {
    "exp": (np.exp, np.exp),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "line": (lambda x: 3 * x + 1, lambda x: 3 + 0 * x),
    "bell": (lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x)),
    "constant": (lambda x: 0 * x + 1, lambda x: 0 * x),
}


@pytest.mark.parametrize("name", SMOOTH)
@given(seed=st.integers(0, 10**6))
def test_sums_of_smooth_functions_are_seen_to_their_rounding(name, seed):
    f, derivative = SMOOTH[name]
    rng = np.random.default_rng(seed)
    x, v = rng.standard_normal(40), rng.uniform(0.5, 1, 40) * rng.choice([-1, 1], 40)
    found, evaluations = slope_of(f, x, v)
    assert found is not None
    assert abs(found.value - (v * derivative(x)).sum()) <= found.error <= 1e-11
    assert evaluations <= 20


BUMP = 1e-4
NOISE = np.random.default_rng(0)
HIDDEN = {
    "a kink at an entry": lambda x: np.abs(x - X[3]),
    "a kink nearby": lambda x: np.abs(x - X[3] - 1e-9),
    "a kink further off": lambda x: np.maximum(x, X[3] + 0.01),
    "a kink at every entry": lambda x: np.abs(x - X),
    "a jump at an entry": lambda x: x + 1e-9 * (x > X[3]),
    "a value of its own": lambda x: x + 1e-9 * (x == X[3]),
    "a slope that only short steps see": lambda x: x + (x - X[3]) * np.exp(-(((x - X[3]) / BUMP) ** 2)),
    "stairs": lambda x: np.sin(np.round(x * 1e6) / 1e6),
    "digits lost inside": lambda x: np.sin(x + 1e6 - 1e6),
    "float32 inside": lambda x: np.sin(x.astype(np.float32)).astype(float),
    "waves": lambda x: x + 1e-3 * np.sin(300 * x),
    "outside its domain": lambda x: np.sqrt(x - X.min() + 1e-3),
    "no two calls alike": lambda x: x + 1e-9 * NOISE.standard_normal(x.shape),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_where_long_steps_may_lead_past_something_there_is_no_answer(name):
    with np.errstate(invalid="ignore"):
        assert slope_of(HIDDEN[name])[0] is None


def test_it_is_not_asked_again_after_it_had_no_answer():
    probing = probing_of(HIDDEN["stairs"], X)
    function = probing.probe._function
    identity_along(probing, probing.ridders, V, WHOLE)
    first = function.evaluations
    identity_along(probing, probing.ridders, V, WHOLE)
    assert probing.ridders.cost <= function.evaluations - first < first


def test_what_rounds_is_seen_more_closely_than_by_the_long_ladder():
    rng = np.random.default_rng(2)
    probing = probing_of(lambda x: np.exp(x) / np.exp(x).sum(), X, dout=rng.standard_normal(40))
    short = identity_along(probing, probing.ridders, V, WHOLE)
    probing.close_ladder._suits = False
    long = identity_along(probing, probing.ridders, V, WHOLE)
    assert abs(short.value - long.value) <= long.error
    assert 5 * short.error <= long.error


@pytest.mark.parametrize("scale", [1e-2, 1.0, 1e2])
def test_each_block_has_its_own_error(scale):
    probing = probing_of(lambda x: np.sin(x) * np.array([1.0, 1e-6 * scale, 0.0]), np.array([0.3, 1.0, 2.0]))
    found = probing.close_ladder.slope(
        np.ones(3), lambda values: values, lambda moved: ROUNDED * EPS * np.abs(probing.base) * moved
    )
    assert (np.abs(found.value - np.cos(probing.x) * [1.0, 1e-6 * scale, 0.0]) <= found.error).all()
    assert found.error[1] <= 1e-15 * scale
    assert found.error[2] == 0

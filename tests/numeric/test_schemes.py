"""Each scheme on functions whose derivative is known: its value, its error estimate, and what it refuses to say.

Covers complex_step.py, differences.py, probing.py, ridders.py and slope.py.

Covers numeric/complex_step.py, numeric/ridders.py and numeric/differences.py as well.
"""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcheck.numeric.complex_step import complex_step
from convcheck.numeric.differences import OneSided, TwoSided
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.ridders import Ridders
from convcheck.numeric.slope import is_linear

EPS = float(np.finfo(float).eps)


def line_of(f, x):
    return InputProbe(Function(lambda x: (f(x), None)), [x], 0)


def ridders_of(f, x):
    line = line_of(f, x)
    base = line(np.zeros(x.shape))
    return Ridders(line, base, x, 16 * EPS * np.abs(base), EPS)


SMOOTH = {
    "exp": (np.exp, np.exp),
    "sin": (np.sin, np.cos),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "steep": (lambda x: np.tanh(200 * x), lambda x: 200 * (1 - np.tanh(200 * x) ** 2)),
    "constant": (lambda x: 0 * x + 3.0, lambda x: 0 * x),
}


@pytest.mark.parametrize("name", SMOOTH)
@given(x=st.lists(st.floats(-2, 2), min_size=1, max_size=4))
def test_extrapolated_differences_are_right_within_their_own_estimate(name, x):
    f, derivative = SMOOTH[name]
    x = np.array(x)
    slope = ridders_of(f, x)(np.ones(x.shape))
    settled = ~slope.kinks
    assert (np.abs(slope.value - derivative(x)) <= slope.error)[settled].all()
    if name != "steep":
        assert settled.all()
        assert (slope.error <= 1e-7 * (1 + np.abs(derivative(x)))).all()


@pytest.mark.parametrize(
    ("name", "f", "x"),
    [
        ("corner", np.abs, 0.0),
        ("half a corner", lambda x: np.maximum(x, 0), 0.0),
        ("a corner too close to see past", lambda x: np.maximum(x, 0), 1e-14),
        ("cusp", lambda x: np.sqrt(np.abs(x)), 0.0),
    ],
)
def test_a_point_without_a_derivative_is_marked_as_a_kink(name, f, x):
    kinks = ridders_of(f, np.array([x, 1.0]))(np.ones(2)).kinks
    assert list(kinks) == [True, False]


@pytest.mark.parametrize("x", [2e-6, -2e-6, 1e-3, 0.7])
@pytest.mark.parametrize("size", [1.0, 1e3, 1e-2])
@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0)),
        (lambda x: np.log(np.abs(x)), lambda x: 1 / x),
        (np.tanh, lambda x: 1 / np.cosh(min(x, 300)) ** 2),
        (lambda x: x + np.sin(x), lambda x: 1 + np.cos(x)),
    ],
    ids=["relu", "log", "tanh", "wave"],
)
def test_the_ladder_goes_on_to_the_scale_on_which_the_function_curves(f, derivative, x, size):
    x *= size
    slope = ridders_of(f, np.array([x, size]))(np.array([1.0, 0.0]))
    error = abs(slope.value[0] - derivative(x))
    assert not slope.kinks[0]
    assert error <= slope.error[0]
    assert error <= 1e-3 * max(abs(derivative(x)), 1e-6)


@pytest.mark.parametrize("x", [0.3, 2e-6])
def test_no_finer_steps_are_taken_where_the_outputs_show_nothing_but_their_rounding(x):
    scheme = ridders_of(lambda x: 1 + EPS * np.rint(2 * np.sin(1e6 * x)), np.array([x, 1.0]))
    steps = []
    slope = scheme._replace(probe=lambda delta: steps.append(delta) or scheme.probe(delta))(np.ones(2))
    assert len(steps) == scheme.cost
    assert not slope.kinks.any()
    assert (np.abs(slope.value) <= slope.error).all()


@pytest.mark.parametrize("quantum", [1e-13, 1e-11, 1e-10])
@given(x=st.floats(-1, 1))
def test_stairs_far_finer_than_the_output_are_noise_and_not_a_slope_of_zero(quantum, x):
    slope = ridders_of(lambda x: np.sin(np.round(x / quantum) * quantum), np.array([x, 1.0]))(np.array([1.0, 0.0]))
    assert slope.kinks[0] or abs(slope.value[0] - np.cos(x)) <= slope.error[0]


@given(shift=st.floats(1e2, 1e6), x=st.floats(-1, 1))
def test_what_cancels_inside_forward_widens_the_estimate(shift, x):
    slope = ridders_of(lambda x: np.sin(x + shift - shift), np.array([x]))(np.ones(1))
    assert slope.kinks.any() or np.abs(slope.value - np.cos(x)) <= slope.error


@given(x=st.floats(1e-3, 2), y=st.floats(-2, -1e-3))
def test_relu_away_from_its_corner_is_differentiated_exactly(x, y):
    slope = ridders_of(lambda x: np.maximum(x, 0), np.array([x, y]))(np.ones(2))
    assert not slope.kinks.any()
    assert np.abs(slope.value - [1, 0]).max() <= slope.error.max() < 1e-6


def test_the_complex_step_is_taken_where_the_code_carries_complex_numbers(rng):
    x = rng.standard_normal(5)
    scheme = complex_step(ridders_of(np.exp, x), np.ones(5))
    slope = scheme(np.ones(5))
    assert np.abs(slope.value - np.exp(x)).max() <= 4 * EPS * np.exp(x).max()
    assert (np.abs(slope.value - np.exp(x)) <= slope.error).all()


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.var() * x,  # np.var takes |.|², which is not analytic
        lambda x: np.abs(x) * x,
        lambda x: x.real**2,
        lambda x: np.array([float(v) for v in x]),  # raises
        lambda x: np.conj(x) * x,
    ],
    ids=["var", "abs", "real", "float", "conj"],
)
def test_the_complex_step_is_refused_where_the_code_does_not_carry_it(f, rng):
    x = rng.standard_normal(5)
    assert complex_step(ridders_of(f, x), rng.standard_normal(5)) is None


def test_the_complex_step_is_refused_where_a_part_is_cast_to_real_numbers_though_no_output_shows_it():
    x = np.array([700.0, 800.0])
    saturated = ridders_of(lambda x: x * (1 + np.tanh(x.real)), x)
    assert complex_step(saturated, np.ones(2)) is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert complex_step(ridders_of(lambda x: x * (1 + np.tanh(x.astype(float))), x), np.ones(2)) is None


def test_one_sided_differences_of_a_linear_function_are_exact_on_dyadic_data():
    x = np.array([0.5, -1.25, 3.0])
    line = line_of(lambda x: 0.375 * x, x)
    slope = OneSided(line, 0.375 * x, 1.0, np.zeros(3), EPS)(np.ones(3))
    assert (slope.value == 0.375).all()
    assert not slope.kinks.any()


def test_two_sided_differences_mark_a_kink_and_only_there():
    x = np.array([0.5, -0.5, 0.0])
    line = line_of(lambda x: np.maximum(x, 0), x)
    slope = TwoSided(line, np.maximum(x, 0), 0.25, np.zeros(3), EPS)(np.ones(3))
    assert list(slope.kinks) == [False, False, True]
    assert list(slope.value[:2]) == [1, 0]


@pytest.mark.parametrize(
    ("f", "linear"),
    [
        (lambda x: 3 * x + 1, True),
        (lambda x: x[::-1] - x, True),
        (lambda x: x**2, False),
        (np.tanh, False),
        (lambda x: np.maximum(x, 0), False),
        (lambda x: x + 1e-6 * x**2, False),
    ],
    ids=["affine", "mixing", "square", "tanh", "relu", "almost"],
)
def test_half_the_way_tells_a_linear_function_from_another(f, linear, rng):
    x = rng.standard_normal(6)
    base = f(x)
    scheme = OneSided(line_of(f, x), base, 64.0, 16 * EPS * np.abs(base).max() * np.ones(6), 16 * EPS)
    assert is_linear(scheme, rng.standard_normal(6), 16 * EPS) is linear

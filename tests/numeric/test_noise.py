"""Noise is measured for each output by itself, and told from what a function does between neighbouring points."""

import numpy as np
import pytest

from convcheck.layers.draws import Draws
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.noise import output_noise, output_size, rounds_input

X = np.array([0.3, -1.7, 2.2, 0.9])
EPS = float(np.finfo(float).eps)


def function(f):
    return Function(lambda *inputs: (f(*inputs), None))


def noise(f, x=X):
    return output_noise(function(f), [x], np.asarray(f(x), dtype=float), Draws("noise"))


def in_float32(x):
    return np.tanh(x.astype(np.float32)).astype(float)


def test_each_output_has_its_own():
    sizes = np.array([1e-12, 1.0, 1e6, 1e12])
    measured = noise(lambda x: sizes * np.sin(x))
    assert (measured <= 100 * EPS * sizes).all()


@pytest.mark.parametrize(
    ("f", "least", "most"),
    [
        (in_float32, 1e-8, 1e-5),
        (lambda x: np.sin(x + 1e6 - 1e6), 1e-11, 1e-8),
        (lambda x: (x - x.mean()) / x.std(), 0, 1e-13),
        (lambda x: x**9, 0, 1e-11),
        (lambda x: np.sin(50 * x), 0, 1e-12),
    ],
)
def test_it_is_what_rounding_leaves(f, least, most):
    measured = noise(f).max()
    assert least <= measured <= most


def test_a_wave_that_is_fine_beside_the_size_of_x_is_no_noise():
    x = X * 1e8
    assert (noise(lambda x: x + np.sin(x), x) <= 1e-5).all()


def test_entries_at_a_kink_have_no_more():
    assert (noise(lambda x: np.maximum(x, 0), np.array([0.0, 1.0, -2.0])) <= 100 * EPS).all()


def test_what_cannot_be_measured_is_infinite():
    def alone(x):
        if not np.array_equal(x, X):
            raise TypeError("no other x")
        return x

    assert np.isinf(noise(alone)).all()


def test_the_size_of_an_output_that_happens_to_cancel_is_that_of_its_terms():
    x = np.array([1.0, 1.0])
    f = function(lambda x: np.array([x[0] - x[1]]))
    assert 0.05 < output_size(f, [x], np.zeros(1), Draws("size"))[0] < 5


@pytest.mark.parametrize(("f", "expected"), [(in_float32, True), (np.tanh, False), (np.round, True)])
def test_code_that_rounds_its_input_is_told_by_its_last_digits(f, expected):
    probe = InputProbe(function(f), [X], 0)
    assert rounds_input(probe, f(X), Draws("input")) is expected

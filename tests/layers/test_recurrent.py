"""What recurrent layers share: arithmetic with a bound on its rounding, which holds and is no larger than need be."""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.recurrent import Rounded, beside, over_time, sigmoid, tanh

EPS = float(np.finfo(np.float32).eps)


def exact(a):
    return Rounded(a.astype(float), np.zeros(a.shape))


def through(a, b):
    """A few of each operation."""
    c = tanh(a @ b + a) * sigmoid(a - b) + (1 - b) * (-a)
    return beside([c, c.T @ over_time([a, b]).sum(axis=1)])[:, 1:]


@pytest.mark.parametrize("size", [0.01, 1.0, 30.0])
def test_what_float32_rounds_is_within_the_bound_and_not_far_below(size):
    worst = 0.0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        a, b = ((size * rng.normal(size=(5, 5))).astype(np.float32) for _ in range(2))
        bound = through(exact(a), exact(b))
        wrong = np.abs(through(a, b).astype(float) - bound.value)
        assert (wrong <= 4 * EPS * bound.off).all()
        worst = max(worst, float((wrong / (EPS * bound.off)).max()))
    assert worst > 1 / 50


def test_a_sigmoid_overflows_nowhere():
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0, 0.5, 1]


def test_where_tanh_is_flat_what_goes_in_does_not_matter():
    (far, near) = tanh(Rounded(np.array([20.0, 0.0]), np.array([1e3, 1e3]))).off
    assert far < 1.1
    assert near == pytest.approx(1e3)

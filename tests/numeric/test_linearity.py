"""Linear is linear everywhere: far away, at the data, and between."""

import numpy as np
import pytest

from convcheck.layers.draws import Draws
from convcheck.numeric.function import Function, InputProbe
from convcheck.numeric.linearity import line_through, noise_beside
from convcheck.numeric.noise import output_noise

EPS = float(np.finfo(float).eps)
W = np.random.default_rng(0).standard_normal((5, 7))


def linear(f, x, seed):
    function = Function(lambda x: (f(x), None))
    out = np.asarray(f(x), dtype=float)
    line = line_through(InputProbe(function, [x], 0), out, 64 * EPS, 1, Draws(f"{seed}"))
    if line is None:
        return False
    beside = noise_beside([line], EPS)
    measured = output_noise(function, [x], out, Draws("noise"))
    with_measured = line.is_linear(measured)
    # The noise beside a line is the noise of a line: where there is none, it does not make one.
    assert beside is None or line.is_linear(beside.bound) == with_measured
    return with_measured


LINEAR = {
    "identity": lambda x: x.copy(),
    "product": lambda x: x @ W,
    "of two sizes": lambda x: x * np.array([1.0, 1e12, 1e-12, 1.0, 3.0]),
    "constant": lambda x: 0 * x + 4,
    "affine": lambda x: x @ W + 1e6,
    "transform": lambda x: np.fft.irfft(np.fft.rfft(x) * np.array([1.0, 0.5, 1e-9]), n=5),
}
CURVED = {
    "pruning": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "relu": lambda x: np.maximum(x, 0),
    "abs": np.abs,
    "gelu": lambda x: x / 2 * (1 + np.tanh(x)),
    "rounding in the middle": lambda x: np.where(np.abs(x) < 1, np.round(4 * x) / 4, x),
    "a dent": lambda x: x + np.exp(-(x**2)),
    "a wave": lambda x: x + 1e-3 * np.sin(x),
    "clip far away": lambda x: np.clip(x, -100, 100),
    "square": lambda x: x + 1e-9 * x**2,
    "infinite far away": lambda x: np.asarray(-np.log(np.exp(-np.abs(x)).sum())),
    "a cross entropy": lambda x: np.asarray(-np.log(np.exp(x - x.max())[0] / np.exp(x - x.max()).sum())),
    "one small output": lambda x: np.append(1e12 * x, np.tanh(x)),
}


@pytest.mark.parametrize("x", [W[:, 0], W[:, 1] * [1e-8, 1, 1e3, 1, 0]], ids=["normal", "of all sizes"])
@pytest.mark.parametrize("name", LINEAR)
def test_what_is_linear_is_found_to_be(name, x):
    assert all(linear(LINEAR[name], x, seed) for seed in range(10))


@pytest.mark.parametrize("x", [[0.0, 0, 1, -2, 3], [0.0, 2, 3, 4, 5], [0.3, 0.2, -0.1, 2, 3]], ids=str)
@pytest.mark.parametrize("name", CURVED)
def test_what_is_linear_only_elsewhere_is_not(name, x):
    assert not any(linear(CURVED[name], np.array(x), seed) for seed in range(10))


@pytest.mark.parametrize("name", ["abs", "relu"])
def test_one_number_is_looked_at_on_both_sides(name):
    assert not any(linear(CURVED[name], np.array([1.0]), seed) for seed in range(10))

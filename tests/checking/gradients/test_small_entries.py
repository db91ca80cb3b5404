"""Gradients whose entries differ by many orders of magnitude: each is held to what its own differences can show.

Covers gradients/small_entries.py and gradients/input_rounding.py.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcheck import Same, gradcheck

RNG = np.random.default_rng(20170413)
SHAPE = (4, 5)
SPREAD = 10.0 ** np.linspace(-14, 0, 20).reshape(SHAPE)
WEIGHTS = RNG.standard_normal((5, 3)) * 10.0 ** np.linspace(-12, 0, 5)[:, None]


def like(constant, x):
    return constant.astype(x.dtype) if x.dtype == np.float32 else constant


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_backward(dout, x):
    p = softmax(x)
    return p * (dout - (dout * p).sum(axis=1, keepdims=True))


def logsumexp(x):
    largest = x.max(axis=1, keepdims=True)
    return (largest + np.log(np.exp(x - largest).sum(axis=1, keepdims=True)))[:, 0]


def normalised(x):
    return x / np.sqrt((x * x).sum(axis=1, keepdims=True))


def normalised_backward(dout, x):
    y = normalised(x)
    return (dout - y * (dout * y).sum(axis=1, keepdims=True)) / np.sqrt((x * x).sum(axis=1, keepdims=True))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_fourier(x, kernel=(1.0, 0.5, 0.25, 1e-9, 1e-13)):
    return np.fft.ifft(np.fft.fft(x, axis=1) * np.fft.fft(kernel), axis=1)


def fourier_forward(x):
    out = by_fourier(x)
    return out if np.iscomplexobj(x) else out.real.astype(x.dtype)


def fourier_backward(dout, x, kernel=(1.0, 0.5, 0.25, 1e-9, 1e-13)):
    spectrum = np.fft.fft(dout, axis=1) * np.conj(np.fft.fft(kernel))
    return np.fft.ifft(spectrum, axis=1).real.astype(dout.dtype)


FUNCTIONS = {
    "scaled": (lambda x: like(SPREAD, x) * x, lambda d, x: d * like(SPREAD, x)),
    "scaled square": (lambda x: like(SPREAD, x) * x**2, lambda d, x: 2 * d * like(SPREAD, x) * x),
    "polynomial": (lambda x: x**3 - 2 * x, lambda d, x: d * (3 * x**2 - 2)),
    "exponential": (np.exp, lambda d, x: d * np.exp(x)),
    "softmax": (softmax, softmax_backward),
    "logsumexp": (logsumexp, lambda d, x: d[:, None] * softmax(x)),
    "log softmax": (lambda x: x - logsumexp(x)[:, None], lambda d, x: d - softmax(x) * d.sum(axis=1, keepdims=True)),
    "normalised": (normalised, normalised_backward),
    "matrix product": (lambda x: x @ like(WEIGHTS, x), lambda d, x: d @ like(WEIGHTS, x).T),
    "variance": (
        lambda x: ((x - x.mean(axis=1, keepdims=True)) ** 2).mean(axis=1),
        lambda d, x: d[:, None] * 2 * (x - x.mean(axis=1, keepdims=True)) / 5,
    ),
    "tanh": (np.tanh, lambda d, x: d * (1 - np.tanh(x) ** 2)),
    "sigmoid": (sigmoid, lambda d, x: d * sigmoid(x) * (1 - sigmoid(x))),
    "there and back": (lambda x: (x + x[:, ::-1]) - x[:, ::-1], lambda d, x: 1 * d),
    "by Fourier transform": (fourier_forward, fourier_backward),
}
DATA = {
    "normal": lambda rng: rng.standard_normal(SHAPE),
    "to thirty": lambda rng: -32 * rng.uniform(0, 1, SHAPE),
    "far": lambda rng: 30 * rng.standard_normal(SHAPE),
    "symmetric": lambda rng: np.linspace(-1, 1, 20).reshape(SHAPE),
    "integers": lambda rng: rng.integers(-4, 5, SHAPE) + 0.0,
}


def real_only(forward):
    def of_real(x):
        if np.iscomplexobj(x):
            raise TypeError("real numbers only")
        return forward(x)

    return of_real


def drawn(name, data, dtype, seed, wide_dout):
    rng = np.random.default_rng(seed)
    x = DATA[data](rng).astype(dtype)
    dout = rng.standard_normal(np.shape(FUNCTIONS[name][0](x)))
    if wide_dout:
        dout *= 10.0 ** rng.uniform(-14, 0, dout.shape)
    return x, dout.astype(dtype)


CASES = {
    "data": st.sampled_from(sorted(DATA)),
    "dtype": st.sampled_from(["float64", "float32"]),
    "real": st.booleans(),
    "wide_dout": st.booleans(),
    "seed": st.integers(0, 2**20),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=8)
@given(**CASES)
def test_a_right_gradient_of_any_spread_is_not_accused(name, data, dtype, real, wide_dout, seed):
    forward, backward = FUNCTIONS[name]
    x, dout = drawn(name, data, dtype, seed, wide_dout)
    assert gradcheck(real_only(forward) if real else forward, backward, [x], dout).status in ("pass", "undecided")


def zeroed(backward, x, dout):
    """`backward` without the smallest entry that it has, and that entry's share of the largest."""
    right = backward(dout, x)
    size = np.where(right != 0, np.abs(right), np.inf)
    smallest = np.unravel_index(size.argmin(), right.shape)

    def wrong(dout, x):
        gradient = backward(dout, x).copy()
        gradient[smallest] = 0
        return gradient

    return wrong, size.min() / np.abs(right).max()


# Of one term each: elsewhere the smallest entry may be what is left of large terms, which a zero is as good as.
OF_ONE_TERM = ("scaled", "scaled square", "polynomial", "exponential", "logsumexp", "tanh", "sigmoid")


@pytest.mark.parametrize("name", OF_ONE_TERM)
@settings(max_examples=10)
@given(**CASES)
def test_a_zero_for_the_smallest_entry_never_passes_in_silence(name, data, dtype, real, wide_dout, seed):
    forward, backward = FUNCTIONS[name]
    x, dout = drawn(name, data, dtype, seed, wide_dout)
    wrong, share = zeroed(backward, x, dout)
    result = gradcheck(real_only(forward) if real else forward, wrong, [x], dout)
    if share < 1:
        assert result.status != "pass" or "too-small-to-tell" in {f.code for f in result.findings}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["scaled", "scaled square", "exponential", "matrix product"])
@pytest.mark.parametrize("seed", range(2))
def test_a_zero_for_an_entry_that_its_own_outputs_show_is_wrong(name, dtype, seed):
    forward, backward = FUNCTIONS[name]
    x, dout = drawn(name, "to thirty", dtype, seed, False)
    wrong, share = zeroed(backward, x, dout)
    result = gradcheck(forward, wrong, [x], dout)
    assert share < 1e-3
    assert (result.status, result.tensors[0].wrong) == ("fail", 1)


def test_locality_that_was_declared_says_which_outputs_are_an_entrys_own():
    x, dout = drawn("scaled square", "normal", "float64", 0, False)
    wrong, _ = zeroed(FUNCTIONS["scaled square"][1], x, dout)
    forward = real_only(FUNCTIONS["scaled square"][0])
    assert gradcheck(forward, wrong, [x], dout).status == "undecided"
    result = gradcheck(forward, wrong, {"x": x}, dout, {"x": (Same(0), Same(1))})
    assert (result.status, result.tensors[0].wrong) == ("fail", 1)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_saturated_entries_that_vanish_in_rounding_pass(name, dtype):
    """The complex step knows slopes of 1e-80 there; forward has none."""
    forward, backward = FUNCTIONS[name]
    x, dout = drawn(name, "normal", dtype, 0, False)
    assert gradcheck(forward, backward, [x + 100], dout).status == "pass"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_outputs_on_scales_of_their_own_are_decided_each_by_itself(dtype):
    x = np.linspace(-60, 20, 9).astype(dtype)
    assert gradcheck(np.exp, lambda d, x: d * np.exp(x), [x], np.ones(9, dtype)).status == "pass"


def test_a_complex_step_does_not_choose_a_side_of_a_kink_for_the_code():
    x = np.array([-1.0, 0.0, 1.0])
    for backward in (lambda d, x: d * (x > 0), lambda d, x: d * (x >= 0)):
        result = gradcheck(lambda x: np.maximum(x, 0), backward, [x])
        assert [e.index for e in result.tensors[0].listed] == [(1,)]
        assert result.status == "undecided"

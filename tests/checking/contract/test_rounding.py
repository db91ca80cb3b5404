"""Linearity in dout and memory layout are blamed only for what rounding does not explain."""

import numpy as np
import pytest

from convcheck import gradcheck

X = np.random.default_rng(0).standard_normal((3, 6))


def codes(result):
    return {finding.code for finding in result.findings if finding.severity == "error"}


def narrow(f):
    return lambda *arrays: f(*(a.astype(np.float32) for a in arrays)).astype(float)


def norm(x):
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + x.dtype.type(1e-5))


def norm_backward(dout, x):
    s = np.sqrt(x.var(axis=-1, keepdims=True) + x.dtype.type(1e-5))
    h = norm(x)
    return (dout - dout.mean(axis=-1, keepdims=True) - h * (dout * h).mean(axis=-1, keepdims=True)) / s


TANH = (np.tanh, lambda dout, x: dout * (1 - np.tanh(x) ** 2))
RMS = (
    lambda x: x / np.sqrt((x * x).mean(axis=-1, keepdims=True)),
    lambda dout, x: (
        dout / np.sqrt((x * x).mean(axis=-1, keepdims=True))
        - x * (dout * x).mean(axis=-1, keepdims=True) / (x * x).mean(axis=-1, keepdims=True) ** 1.5
    ),
)


@pytest.mark.parametrize("pair", [TANH, RMS], ids=["tanh", "RMS norm"])
@pytest.mark.parametrize("seed", range(5))
def test_code_that_computes_in_float32_inside_is_not_accused(pair, seed):
    forward, backward = map(narrow, pair)
    result = gradcheck(forward, backward, {"x": X + seed}, seed=seed)
    assert result.status in ("pass", "undecided")
    assert not codes(result)


@pytest.mark.parametrize("seed", range(5))
def test_a_hundredth_too_much_is_seen_in_it_all_the_same(seed):
    forward, backward = map(narrow, TANH)
    assert gradcheck(forward, lambda dout, x: 1.01 * backward(dout, x), {"x": X}, seed=seed).status == "fail"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("mean", [1e3, 1e4])
def test_a_norm_far_from_zero_does_not_depend_on_layout(mean, dtype):
    for seed in range(3):
        x = (np.random.default_rng(seed).standard_normal((3, 24)) + mean).astype(dtype)
        assert not codes(gradcheck(norm, norm_backward, [x], seed=seed))


def test_a_determinant_that_is_zero_but_for_rounding_does_not_depend_on_layout():
    x = np.outer([1.1, -0.7], [0.3, 1.9])
    backward = lambda dout, x: dout * np.array([[x[1, 1], -x[1, 0]], [-x[0, 1], x[0, 0]]])  # noqa: E731
    assert gradcheck(np.linalg.det, backward, [x]).status == "pass"


def strided(x):
    return np.lib.stride_tricks.as_strided(x, (4, 3), (x.itemsize, x.itemsize)).copy()


def strided_backward(dout, x):
    dx = np.zeros_like(x)
    for i in range(4):
        dx[i : i + 3] += dout[i]
    return dx


def test_a_forward_that_depends_on_layout_by_nature_is_a_warning():
    result = gradcheck(strided, strided_backward, [X[0].copy()])
    assert result.status == "pass"
    assert [(f.code, f.severity) for f in result.findings] == [("layout", "warning")]


def test_a_backward_that_depends_on_layout_is_an_error():
    def backward(dout, x):
        return dout.ravel(order="K").reshape(x.shape) * 3

    result = gradcheck(lambda x: 3 * x, backward, [X])
    assert codes(result) == {"layout"}


@pytest.mark.parametrize(
    "backward", [lambda d, x: d * np.abs(d), lambda d, x: np.clip(d, -0.1, 0.1), lambda d, x: d + 1e-3]
)
def test_what_is_not_linear_in_dout_is_an_error_in_float32_inside_too(backward):
    forward = narrow(lambda x: x)
    assert "not-linear-in-dout" in codes(gradcheck(forward, narrow(backward), [X]))

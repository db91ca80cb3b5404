"""Layer normalisation: by hand, its axes, and code that takes two of them alone, or three.

Covers layers/layernorm/readable.py and layers/layernorm/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, pair_of, status, write

LAYER = LAYERS["layernorm"]

FUNCTIONS = """
    import numpy as np
    def layernorm_forward(x, gamma, beta, ln_param):
        N, D = x.shape
        xc = x - x.mean(axis=1, keepdims=True)
        std = np.sqrt((xc**2).mean(axis=1, keepdims=True) + ln_param["eps"])
        return gamma * xc / std + beta, (xc / std, std, gamma)
    def layernorm_backward(dout, cache):
        xhat, std, gamma = cache
        g = dout * gamma
        dx = (g - g.mean(1, keepdims=True) - xhat * (g * xhat).mean(1, keepdims=True)) / std
        return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
"""
OWN_EPS = FUNCTIONS.replace(", ln_param):", "):").replace('ln_param["eps"]', "EPS")


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    x = np.array([[1.0, -1.0], [3.0, 7.0]])
    gamma, beta = np.array([2.0, 3.0]), np.array([10.0, 20.0])
    out, cache = variant.forward(x, gamma, beta, {"eps": 3.0})
    # Variances 1 and 4: x̂ is ±1/2, and ±2/√7.
    second = 2 / np.sqrt(7)
    np.testing.assert_allclose(out, [[11, 18.5], [10 - 2 * second, 20 + 3 * second]])
    dx, dgamma, dbeta = variant.backward(np.array([[1.0, 0.0], [0.0, 1.0]]), cache)
    np.testing.assert_allclose(dgamma, [0.5, second])
    np.testing.assert_allclose(dbeta, [1, 1])
    # g = (2, 0): (g - 1 - x̂ · 1/2) / 2 in the first row.
    np.testing.assert_allclose(dx[0], [0.375, -0.375])
    np.testing.assert_allclose(dx.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_more_axes_are_more_rows(variant):
    rng = np.random.default_rng(0)
    x, dout, gamma, beta = (
        rng.normal(size=(2, 3, 4)),
        rng.normal(size=(2, 3, 4)),
        rng.normal(size=4),
        rng.normal(size=4),
    )
    out, cache = variant.forward(x, gamma, beta, {"eps": 0.1})
    flat, flat_cache = variant.forward(x.reshape(6, 4), gamma, beta, {"eps": 0.1})
    np.testing.assert_allclose(out.reshape(6, 4), flat, rtol=1e-13)
    for gradient, other in zip(
        variant.backward(dout, cache), variant.backward(dout.reshape(6, 4), flat_cache), strict=True
    ):
        np.testing.assert_allclose(gradient.reshape(other.shape), other, rtol=1e-12)


@pytest.mark.parametrize(("axes", "ok"), [(1, False), (2, True), (31, True), (32, False)])
def test_an_x_without_rows_is_none(axes, ok):
    problems = list(LAYER.sizes(shape=(1,) * axes).problems())
    said = f"shape has {axes} axes; x has at least 2, rows and columns, and at most 31"
    assert [(p.field, p.message) for p in problems] == ([] if ok else [("shape", said)])


def test_code_for_rows_alone_is_not_asked_for_sequences(tmp_path):
    source = write(tmp_path, FUNCTIONS)
    (one,) = found(source)
    assert status(source, one) == "pass"
    pair = pair_of(source, one, N=None, D=None, shape=(2, 3, 4))
    with pytest.raises(Refusal, match=r"_forward takes x of two axes, \(N, D\): x of 3 axes, \(2, 3, 4\), cannot"):
        pair.forward(np.ones((2, 3, 4)), np.ones(4), np.ones(4))


def test_code_that_asks_how_many_axes_there_are_is_asked_for_sequences(tmp_path):
    source = write(tmp_path, FUNCTIONS.replace("N, D = x.shape", "assert x.ndim >= 2"))
    (one,) = found(source)
    assert status(source, one) == "pass"
    assert status(source, one, N=None, D=None, shape=(2, 3, 4)) == "fail"


def test_code_for_sequences_alone_is_checked_on_rows_too(tmp_path):
    text = FUNCTIONS.replace("N, D = ", "N, T, D = ").replace("sum(axis=0)", "sum(axis=(0, 1))")
    for axis in ("axis=1", "(1, keep", "(g * xhat).mean(1"):
        text = text.replace(axis, axis.replace("1", "-1"))
    source = write(tmp_path, text)
    (one,) = found(source)
    assert (status(source, one), status(source, one, N=None, D=None, shape=(2, 3, 4))) == ("pass", "pass")
    wrong = write(tmp_path, text.replace("* (g * xhat)", "* (dout * xhat)"))
    assert status(wrong, one) == "fail"


@pytest.mark.parametrize("eps", ["1e-5", "1e-8", "0.25"])
def test_an_eps_that_is_built_in_is_found_out(tmp_path, eps):
    source = write(tmp_path, OWN_EPS.replace("EPS", eps))
    (one,) = found(source)
    assert status(source, one, eps=float(eps)) == "pass"
    pair = pair_of(source, one, eps=0.5)
    with pytest.raises(Refusal) as error:
        pair.forward(np.ones((3, 5)), np.ones(5), np.ones(5))
    assert error.value.instead == {"eps": float(eps)}


def test_statistics_over_the_rows_of_a_column_are_no_eps_and_wrong(tmp_path):
    source = write(tmp_path, OWN_EPS.replace("EPS", "1e-8").replace("axis=1", "axis=0").replace("(1, keep", "(0, keep"))
    assert status(source, found(source)[0]) == "fail"


def test_code_without_beta_is_checked_without_it(tmp_path):
    text = FUNCTIONS.replace("gamma, beta, ln_param", "gamma, ln_param").replace(" + beta", "")
    right = text.replace(", dout.sum(axis=0)", "")
    source = write(tmp_path, right)
    assert status(source, found(source)[0]) == "pass"
    wrong = write(tmp_path, right.replace("(dout * xhat).sum(axis=0)", "(dout * xhat).mean(axis=0)"))
    assert status(wrong, found(wrong)[0]) == "fail"

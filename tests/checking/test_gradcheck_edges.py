"""Gradients that are zero by nature, inputs that are minus infinity, and look-ups that leave their table."""

import numpy as np
import pytest

from convcheck import gradcheck

X = np.random.default_rng(0).standard_normal((6, 3))
QUERIES, KEYS = X[:4], X[1:]


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention_backward(dout, b):
    s = softmax(QUERIES @ (KEYS + b).T)
    ds = s * (dout - (dout * s).sum(axis=-1, keepdims=True))
    # Zero but for rounding.
    return (ds.T @ QUERIES).sum(axis=0)


# What forward does not depend on: the bias before a normalisation, a key's bias, a size that is divided away.
ZEROS = {
    "bias before a batchnorm": (lambda b: (X + b - (X + b).mean(0)) / (X + b).std(0), lambda d, b: d.sum(0), X[0]),
    "bias of a key": (lambda b: softmax(QUERIES @ (KEYS + b).T), lambda d, b: 1e-3 + 0 * b, X[0]),
    "normalised size": (lambda s: s * X / np.linalg.norm(s * X), lambda d, s: (d * X).sum(), np.array(1.7)),
    "constant that cancels": (lambda x: (x + 1) - x, lambda d, x: 1e-4 * d, X[0]),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ZEROS)
def test_where_the_gradient_is_zero_a_zero_passes_and_anything_else_is_wrong(name, dtype):
    forward, wrong, x = ZEROS[name]
    x = x.astype(dtype)

    def of_dtype(x):
        return np.asarray(forward(x)).astype(x.dtype)

    assert gradcheck(of_dtype, lambda d, x: np.zeros_like(x), [x]).status == "pass"
    result = gradcheck(of_dtype, lambda d, x: np.asarray(wrong(d, x)).astype(x.dtype), [x])
    assert result.tensors[0].verdict == "wrong"


def test_a_zero_that_rounds_passes():
    assert gradcheck(ZEROS["bias of a key"][0], attention_backward, [X[0]]).status == "pass"


@pytest.mark.parametrize(("centre", "verdict"), [(np.sum, "pass"), (np.mean, "fail")])
def test_minus_infinity_is_a_legal_input(centre, verdict):
    logits = X.copy()
    logits[0, 1] = logits[3, 0] = -np.inf

    def backward(dout, x):
        return softmax(x) * (dout - centre(dout * softmax(x), axis=-1, keepdims=True))

    assert gradcheck(softmax, backward, [logits]).status == verdict


TABLE = np.arange(10.0) ** 2


def place(x):
    return np.floor(x.real).astype(int)


def asserting(x):
    assert (x.real >= 0).all()
    assert (x.real < 9).all()
    return looked_up(x)


def looked_up(x):
    return TABLE[place(x)] + (x - place(x)) * (TABLE[place(x) + 1] - TABLE[place(x)])


@pytest.mark.parametrize("forward", [looked_up, asserting])
@pytest.mark.parametrize(("factor", "status"), [(1, "pass"), (2, "fail")])
def test_a_look_up_beyond_its_table_is_outside_the_domain(forward, factor, status):
    def backward(dout, x):
        return factor * dout * (TABLE[place(x) + 1] - TABLE[place(x)])

    assert gradcheck(forward, backward, [np.array([1.3, 8.7, 0.01])]).status == status

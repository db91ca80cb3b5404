"""A step of an LSTM by hand, and code with its gates in any order, as a function, a class and in PyTorch.

Covers layers/lstm_step/readable.py and layers/lstm_step/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.lstm_step.words import ORDERS, after
from tests.implementations.files import found, pair_of, problem, status, write

LAYER = LAYERS["lstm_step"]

FUNCTIONS = """
    import numpy as np
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))
    def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
        GATES = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        next_c = f * prev_c + i * g
        next_h = o * np.tanh(next_c)
        return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
    def lstm_step_backward(dnext_h, dnext_c, cache):
        x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
        tanh_c = np.tanh(next_c)
        dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
        i, f, g = dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dc * i * (1 - g**2)
        dprev_c = dc * cache[6]
        o = dnext_h * tanh_c * o * (1 - o)
        da = np.hstack([GATES])
        return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)
"""


def text(order):
    return FUNCTIONS.replace("GATES", ", ".join(order))


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    # Every gate is 1/2, and g is 0.6: c = 0.5 · 2 + 0.5 · 0.6.
    x, h, c, Wx, Wh = np.ones((1, 1)), np.zeros((1, 1)), np.full((1, 1), 2.0), np.zeros((1, 4)), np.zeros((1, 4))
    b = np.array([0, 0, 0, np.arctanh(0.6)])
    out, cache = variant.forward(x, h, c, Wx, Wh, b, {"gates": "ifog"})
    np.testing.assert_allclose(out, [[0.5 * np.tanh(1.3), 1.3]])
    _, _, dc, dWx, _, db = variant.backward(np.array([[0.0, 8.0]]), cache)
    np.testing.assert_allclose(dc, [[4]])
    np.testing.assert_allclose(db, [8 * 0.6 / 4, 8 * 2 / 4, 0, 8 * 0.5 * 0.64])
    np.testing.assert_allclose(dWx[0], db)


def test_no_two_orders_of_the_gates_come_to_the_same():
    values = np.array([after(order) for order in ORDERS])
    apart = np.abs(values[:, None] - values).max(axis=2)
    assert (apart[~np.eye(24, dtype=bool)] > 0.05).all()


@pytest.mark.parametrize("order", ["ifog", "ifgo", "fgio", "goif"])
def test_the_order_of_the_gates_is_found_out(tmp_path, order):
    source = write(tmp_path, text(order))
    (one,) = found(source)
    assert status(source, one, gates=order) == "pass"
    other = "ogfi"
    with pytest.raises(Refusal, match=f"gates, which are {', '.join(order)}: gates = ogfi cannot be asked") as error:
        pair_of(source, one, gates=other).forward(*(np.ones(s) for s in list(pair_shapes().values())[:-1]))
    assert error.value.instead == {"gates": order}


def pair_shapes():
    return LAYER.sizes(N=2, D=4, H=3).shapes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("f * prev_c + i * g", "f * prev_c + g"),
        ("f * prev_c + i * g", "f * prev_c + 2 * i * g"),
        ("o * np.tanh(next_c)", "o * next_c"),
        ("f * prev_c + i * g", "f * prev_c - i * g"),
    ],
)
def test_the_order_of_the_gates_is_found_out_of_a_wrong_formula_too(tmp_path, old, new):
    source = write(tmp_path, text("fgio").replace(old, new, 1))
    (one,) = found(source)
    with pytest.raises(Refusal) as error:
        pair_of(source, one).forward(*(np.ones(s) for s in list(pair_shapes().values())[:-1]))
    assert error.value.instead == {"gates": "fgio"}
    assert status(source, one, gates="fgio") == "fail"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dnext_c + dnext_h * o", "dnext_h * o"),
        ("da = np.hstack([i, f, o, g])", "da = np.hstack([f, i, o, g])"),
        ("dprev_c = dc * cache[6]", "dprev_c = dc"),
        ("return next_h, next_c, (x", "return next_c, next_h, (x"),
        ("return next_h, next_c, (x", "return next_h, (x"),
        ("def lstm_step_backward(dnext_h, dnext_c, cache)", "def lstm_step_backward(dnext_c, dnext_h, cache)"),
    ],
)
def test_what_is_wrong_is_no_other_order_and_fails(tmp_path, old, new):
    assert old in text("ifog")
    source = write(tmp_path, text("ifog").replace(old, new))
    assert status(source, found(source)[0]) in ("fail", "error")


def test_a_class_has_two_outputs_and_two_upstream_gradients(tmp_path):
    in_class = (
        text("ifog")
        + """
    class LSTMCell:
        def __init__(self, Wx, Wh, b):
            self.params, self.grads = [Wx, Wh, b], [0 * Wx, 0 * Wh, 0 * b]
        def forward(self, x, h_prev, c_prev):
            h, c, self.cache = lstm_step_forward(x, h_prev, c_prev, *self.params)
            return h, c
        def backward(self, dh, dc):
            *back, self.grads[0][...], self.grads[1][...], self.grads[2][...] = lstm_step_backward(dh, dc, self.cache)
            return tuple(back)
"""
    )
    source = write(tmp_path, in_class)
    (_, one) = sorted(found(source), key=lambda one: one.kind, reverse=True)
    assert (one.kind, status(source, one)) == ("classes", "pass")
    wrong = write(tmp_path, in_class.replace("return tuple(back)", "return back[0], back[2], back[1]"))
    assert status(wrong, one) == "fail"


def test_a_backward_that_lacks_an_upstream_gradient_is_told_so(tmp_path):
    lacking = text("ifog").replace("backward(dnext_h, dnext_c, cache)", "backward(dnext_h, cache)")
    said = problem(write(tmp_path, lacking))
    assert "(dnext_h, cache) takes 1 upstream gradient, and lstm_step has next_h, next_c, with one for each" in said

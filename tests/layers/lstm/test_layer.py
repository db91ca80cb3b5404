"""An LSTM as the steps that it is, and code with its gates in any order, with and without a first state.

Covers layers/lstm/readable.py and layers/lstm/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.implementations.errors.declined import Refusal
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.lstm.words import states
from convcheck.layers.lstm_step.words import ORDERS
from tests.implementations.files import found, pair_of, status, write

LAYER, STEP = LAYERS["lstm"], LAYERS["lstm_step"].variants["naive"]

CLASS = """
    import numpy as np
    def sigmoid(a):
        return (1 + np.tanh(a / 2)) / 2
    class TimeLSTM:
        def __init__(self, Wx, Wh, b, stateful=False):
            self.params, self.grads = [Wx, Wh, b], [0 * Wx, 0 * Wh, 0 * b]
            self.h = self.c = self.dh = None
            self.stateful = stateful
        def forward(self, xs):
            Wx, Wh, b = self.params
            zeros = np.zeros((len(xs), len(Wh)), xs.dtype)
            if not self.stateful or self.h is None:
                self.h = zeros
            if not self.stateful or self.c is None:
                self.c = zeros
            self.steps, hs = [], []
            for t in range(xs.shape[1]):
                f, g, i, o = np.split(xs[:, t] @ Wx + self.h @ Wh + b, 4, axis=1)
                f, g, i, o = sigmoid(f), np.tanh(g), sigmoid(i), sigmoid(o)
                self.steps.append((xs[:, t], self.h, self.c, i, f, o, g))
                self.c = f * self.c + i * g
                self.h = o * np.tanh(self.c)
                hs.append(self.h)
            return np.stack(hs, axis=1)
        def backward(self, dhs):
            (Wx, Wh, b), dh, dc, dxs = self.params, 0, 0, []
            for grad in self.grads:
                grad[...] = 0
            for t in reversed(range(dhs.shape[1])):
                x, h, c, i, f, o, g = self.steps[t]
                dh, tanh_c = dhs[:, t] + dh, np.tanh(f * c + i * g)
                dc = dc + dh * o * (1 - tanh_c**2)
                df, dg, di, do = dc * c, dc * i, dc * g, dh * tanh_c
                da = np.hstack([df * f * (1 - f), dg * (1 - g**2), di * i * (1 - i), do * o * (1 - o)])
                for grad, value in zip(self.grads, (x.T @ da, h.T @ da, da.sum(axis=0))):
                    grad += value
                dxs.insert(0, da @ Wx.T)
                dh, dc = da @ Wh.T, dc * f
            self.dh = dh
            return np.stack(dxs, axis=1)
"""


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_it_is_its_steps_one_after_the_other(variant):
    rng = np.random.default_rng(0)
    N, T, D, H = 2, 3, 4, 5
    x, h0, Wx, Wh, b = (rng.normal(size=shape) for shape in ((N, T, D), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)))
    dh, params = rng.normal(size=(N, T, H)), {"gates": "fgio"}
    h, cache = variant.forward(x, h0, Wx, Wh, b, params)
    caches, out = [], np.hstack([h0, 0 * h0])
    for t in range(T):
        out, one = STEP.forward(x[:, t], out[:, :H], out[:, H:], Wx, Wh, b, params)
        caches.append(one)
        np.testing.assert_allclose(h[:, t], out[:, :H], rtol=1e-12)
    later, cell, sums = 0, np.zeros((N, H)), [0, 0, 0]
    dx, dh0, *weights = variant.backward(dh, cache)
    for t in reversed(range(T)):
        dx_t, later, cell, *step = STEP.backward(np.hstack([dh[:, t] + later, cell]), caches[t])
        sums = [a + b for a, b in zip(sums, step, strict=True)]
        np.testing.assert_allclose(dx[:, t], dx_t, rtol=1e-11)
    np.testing.assert_allclose(dh0, later, rtol=1e-11)
    for weight, total in zip(weights, sums, strict=True):
        np.testing.assert_allclose(weight, total, rtol=1e-11)


def test_no_two_orders_of_the_gates_come_to_the_same():
    values = np.array([states(order, 3) for order in ORDERS])
    apart = np.abs(values[:, None] - values).max(axis=2)
    assert (apart[~np.eye(24, dtype=bool)] > 1e-3).all()


def test_the_order_of_the_gates_is_found_out_of_a_class_that_keeps_its_state(tmp_path):
    source = write(tmp_path, CLASS)
    (one,) = found(source)
    assert status(source, one, gates="fgio") == "pass"
    with pytest.raises(Refusal) as error:
        pair_of(source, one).forward(np.ones((2, 3, 5)), *(np.ones(s) for s in ((2, 4), (5, 16), (4, 16), (16,))))
    assert error.value.instead == {"gates": "fgio"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dh, dc = da @ Wh.T, dc * f", "dh, dc = da @ Wh.T, 0 * dc"),
        ("dhs[:, t] + dh", "dhs[:, t]"),
        ("for t in reversed(range(dhs", "for t in (range(dhs"),
        ("                    grad += value", "                    grad[...] = value"),
        ("            self.dh = dh\n", "            self.dh = dhs[:, 0]\n"),
    ],
)
def test_what_is_wrong_fails(tmp_path, old, new):
    assert old in CLASS
    source = write(tmp_path, CLASS.replace(old, new))
    assert status(source, found(source)[0], gates="fgio") == "fail"

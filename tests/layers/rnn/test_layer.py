"""A vanilla RNN by hand, as the steps that it is, and classes that keep their state, or begin with zeros.

Covers layers/rnn/readable.py and layers/rnn/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, status, write

LAYER, STEP = LAYERS["rnn"], LAYERS["rnn_step"].variants["naive"]

CLASS = """
    import numpy as np
    class TimeRNN:
        def __init__(self, Wx, Wh, b, stateful=False):
            self.params, self.grads = [Wx, Wh, b], [0 * Wx, 0 * Wh, 0 * b]
            self.h, self.dh, self.stateful = None, None, stateful
        def forward(self, xs):
            Wx, Wh, b = self.params
            if not self.stateful or self.h is None:
                self.h = np.zeros((len(xs), len(b)), xs.dtype)
            self.xs, self.hs = xs, [self.h]
            for t in range(xs.shape[1]):
                self.h = np.tanh(xs[:, t] @ Wx + self.h @ Wh + b)
                self.hs.append(self.h)
            return np.stack(self.hs[1:], axis=1)
        def backward(self, dhs):
            (Wx, Wh, b), dxs, dh = self.params, 0 * self.xs, 0
            for grad in self.grads:
                grad[...] = 0
            for t in reversed(range(self.xs.shape[1])):
                da = (dhs[:, t] + dh) * (1 - self.hs[t + 1]**2)
                self.grads[0] += self.xs[:, t].T @ da
                self.grads[1] += self.hs[t].T @ da
                self.grads[2] += da.sum(axis=0)
                dxs[:, t], dh = da @ Wx.T, da @ Wh.T
            self.dh = dh
            return dxs
"""
STEP_OF_IT = """
    import numpy as np
    class RNN:
        def __init__(self, Wx, Wh, b):
            self.params, self.grads = [Wx, Wh, b], [0 * Wx, 0 * Wh, 0 * b]
        def forward(self, x, h_prev):
            Wx, Wh, b = self.params
            self.cache = x, h_prev, np.tanh(x @ Wx + h_prev @ Wh + b)
            return self.cache[2]
        def backward(self, dh):
            (Wx, Wh, b), (x, h_prev, h) = self.params, self.cache
            da = dh * (1 - h**2)
            self.grads[0][...], self.grads[1][...], self.grads[2][...] = x.T @ da, h_prev.T @ da, da.sum(axis=0)
            return da @ Wx.T, da @ Wh.T
"""


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_it_is_its_steps_one_after_the_other(variant):
    rng = np.random.default_rng(0)
    N, T, D, H = 2, 3, 4, 5
    x, h0, Wx, Wh, b = (rng.normal(size=shape) for shape in ((N, T, D), (N, H), (D, H), (H, H), (H,)))
    dh = rng.normal(size=(N, T, H))
    h, cache = variant.forward(x, h0, Wx, Wh, b)
    caches, state = [], h0
    for t in range(T):
        state, one = STEP.forward(x[:, t], state, Wx, Wh, b)
        caches.append(one)
        np.testing.assert_allclose(h[:, t], state, rtol=1e-12)
    later, sums = 0, [0, 0, 0]
    dx, dh0, *weights = variant.backward(dh, cache)
    for t in reversed(range(T)):
        dx_t, later, *step = STEP.backward(dh[:, t] + later, caches[t])
        sums = [a + b for a, b in zip(sums, step, strict=True)]
        np.testing.assert_allclose(dx[:, t], dx_t, rtol=1e-12)
    np.testing.assert_allclose(dh0, later, rtol=1e-12)
    for weight, total in zip(weights, sums, strict=True):
        np.testing.assert_allclose(weight, total, rtol=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", "pass"),
        (", stateful=False", "", "pass"),
        ("dhs[:, t] + dh", "dhs[:, t]", "fail"),
        ("self.grads[1] += self.hs[t].T", "self.grads[1] += self.hs[t + 1].T", "fail"),
        ("self.grads[2] += da", "self.grads[2][:] = da", "fail"),
        ("            self.dh = dh\n", "            self.dh = 0 * dh\n", "fail"),
    ],
)
def test_a_class_that_keeps_its_state(tmp_path, old, new, said):
    text = CLASS.replace(old, new).replace(", stateful\n", ", True\n" if new == "" and old else ", stateful\n")
    source = write(tmp_path, text)
    assert status(source, found(source)[0]) == said


def test_a_class_that_begins_with_zeros_whatever_it_is_told_has_no_first_state(tmp_path):
    text = CLASS.replace("if not self.stateful or self.h is None", "if True").replace("self.h, self.dh, ", "_, _, ")
    text = text.replace("self.h ", "self.last ").replace("self.h)", "self.last)").replace("self.h]", "self.last]")
    source = write(tmp_path, text.replace("self.dh = dh", "pass"))
    assert status(source, found(source)[0]) == "pass"


def test_a_class_that_takes_the_state_before_is_a_step(tmp_path):
    source = write(tmp_path, STEP_OF_IT)
    (one,) = found(source)
    assert (one.layer, status(source, one)) == ("rnn_step", "pass")
    source = write(tmp_path, STEP_OF_IT.replace("h_prev.T @ da", "h.T @ da"))
    assert status(source, one) == "fail"

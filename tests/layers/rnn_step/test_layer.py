"""A step of a vanilla RNN by hand, and a class whose forward takes the state and whose list has the gradients.

Covers layers/rnn_step/readable.py and layers/rnn_step/words.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, status, write

LAYER = LAYERS["rnn_step"]

CLASS = """
    import numpy as np
    class RNNCell:
        def __init__(self, Wx, Wh, b):
            self.params = [Wx, Wh, b]
            self.grads = [np.zeros_like(p) for p in self.params]
        def forward(self, x, h_prev):
            Wx, Wh, b = self.params
            self.cache = x, h_prev, np.tanh(x @ Wx + h_prev @ Wh + b)
            return self.cache[2]
        def backward(self, dh_next):
            (Wx, Wh, b), (x, h_prev, h) = self.params, self.cache
            da = dh_next * (1 - h**2)
            for grad, value in zip(self.grads, (x.T @ da, h_prev.T @ da, da.sum(axis=0))):
                grad[...] = value
            return da @ Wx.T, da @ Wh.T
"""


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    half = np.arctanh(0.5)
    x, h, Wx, Wh, b = np.array([[1.0, 2.0]]), np.array([[half]]), np.array([[3.0], [-1.0]]), np.eye(1), np.array([-1.0])
    out, cache = variant.forward(x, h, Wx, Wh, b)
    np.testing.assert_allclose(out, [[0.5]])
    dx, dh, dWx, dWh, db = variant.backward(np.array([[4.0]]), cache)
    np.testing.assert_allclose(dx, [[9, -3]])
    np.testing.assert_allclose(dh, [[3]])
    np.testing.assert_allclose(dWx, [[3], [6]])
    np.testing.assert_allclose(dWh, [[3 * half]])
    np.testing.assert_allclose(db, [3])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", "pass"),
        ("return da @ Wx.T, da @ Wh.T", "return da @ Wh.T, da @ Wh.T", "fail"),
        ("return da @ Wx.T, da @ Wh.T", "return da @ Wx.T, da @ Wh", "fail"),
        ("h_prev.T @ da", "h.T @ da", "fail"),
        ("da.sum(axis=0)", "da.mean(axis=0)", "fail"),
    ],
)
def test_a_class_whose_forward_takes_the_state(tmp_path, old, new, said):
    source = write(tmp_path, CLASS.replace(old, new))
    assert status(source, found(source)[0]) == said

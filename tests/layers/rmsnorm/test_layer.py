"""Normalisation by the root mean square: by hand, and an eps that is built in.

Covers layers/rmsnorm/layer.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import found, status, write

LAYER = LAYERS["rmsnorm"]


@pytest.mark.parametrize("variant", LAYER.variants.values())
def test_by_hand(variant):
    x, gamma = np.array([[1.0, 5.0], [2.0, 0.0]]), np.array([2.0, 3.0])
    out, cache = variant.forward(x, gamma, {"eps": 3.0})
    # Mean squares 13 and 2: the roots of 16 and 5.
    root = np.sqrt(5)
    np.testing.assert_allclose(out, [[0.5, 3.75], [4 / root, 0]])
    dx, dgamma = variant.backward(np.array([[4.0, 0.0], [0.0, 1.0]]), cache)
    np.testing.assert_allclose(dgamma, [1, 0])
    # g = (8, 0), and mean(g x̂) = 1: (8 - 1/4) / 4 and -5/4 / 4; in the second row g x̂ = 0.
    np.testing.assert_allclose(dx, [[1.9375, -0.3125], [0, 3 / root]])


def test_there_is_no_beta():
    assert list(LAYER.sizes(N=2, D=3).shapes()) == ["x", "gamma", "out"]
    (problem,) = LAYER.sizes(shape=(3,)).problems()
    assert problem.field == "shape"


@pytest.mark.parametrize("eps", ["1e-6", "0"])
def test_an_eps_that_is_built_in_is_found_out(tmp_path, eps):
    source = write(
        tmp_path,
        f"""
    import numpy as np
    class RMSNorm:
        def __init__(self, dim):
            self.weight = np.ones(dim)
        def forward(self, x):
            self.rms = np.sqrt((x * x).mean(-1, keepdims=True) + {eps})
            self.n = x / self.rms
            return self.n * self.weight
        def backward(self, dout):
            self.dweight = (dout * self.n).sum(tuple(range(dout.ndim - 1)))
            g = dout * self.weight
            return (g - self.n * (g * self.n).mean(-1, keepdims=True)) / self.rms
    """,
    )
    (one,) = found(source)
    assert status(source, one, eps=max(float(eps), 1e-30)) == "pass"
    assert status(source, one, eps=1e-3) == "error"

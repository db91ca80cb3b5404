"""The hyperbolic tangent as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array


def f(x: Array, params: None = None) -> Array:
    """The function."""
    return np.asarray(np.tanh(x))


def df(x: Array, params: None = None) -> Array:
    """Its derivative."""
    return np.asarray(1 - np.tanh(x) ** 2)


def forward(x: Array, params: None = None) -> Array:
    """out, in x's shape."""
    out = np.tanh(x)
    return np.asarray(out)


def dx(dout: Array, x: Array, params: None = None) -> Array:
    """dx, in x's shape."""
    out = f(x)
    derivative = 1 - out**2
    return np.asarray(dout * derivative)

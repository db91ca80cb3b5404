"""ELU as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def f(x: Array, params: Params) -> Array:
    """The function."""
    alpha = params["alpha"]
    return np.asarray(np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1)))


def df(x: Array, params: Params) -> Array:
    """Its derivative."""
    alpha = params["alpha"]
    return np.asarray(np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))))


def forward(x: Array, params: Params) -> Array:
    """out, in x's shape."""
    alpha = params["alpha"]
    out = np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))
    return np.asarray(out)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx, in x's shape."""
    alpha = params["alpha"]
    derivative = np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))
    return np.asarray(dout * derivative)

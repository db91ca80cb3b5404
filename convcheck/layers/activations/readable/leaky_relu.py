"""The leaky ReLU as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def f(x: Array, params: Params) -> Array:
    """The function."""
    slope = params["slope"]
    return np.asarray(np.where(x > 0, x, slope * x))


def df(x: Array, params: Params) -> Array:
    """Its derivative."""
    slope = params["slope"]
    return np.asarray(np.where(x > 0, 1, slope))


def forward(x: Array, params: Params) -> Array:
    """out, in x's shape."""
    slope = params["slope"]
    out = np.where(x > 0, x, slope * x)
    return np.asarray(out)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx, in x's shape."""
    slope = params["slope"]
    derivative = np.where(x > 0, 1, slope)
    return np.asarray(dout * derivative)

"""Softplus as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def f(x: Array, params: Params) -> Array:
    """The function."""
    beta = params["beta"]
    return np.asarray(np.logaddexp(0, beta * x) / beta)


def df(x: Array, params: Params) -> Array:
    """Its derivative."""
    beta = params["beta"]
    return np.asarray(1 / (1 + np.exp(-beta * x)))


def forward(x: Array, params: Params) -> Array:
    """out, in x's shape."""
    beta = params["beta"]
    out = np.logaddexp(0, beta * x) / beta
    return np.asarray(out)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx, in x's shape."""
    beta = params["beta"]
    derivative = 1 / (1 + np.exp(-beta * x))
    return np.asarray(dout * derivative)

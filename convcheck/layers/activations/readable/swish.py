"""Swish as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def s(z: Array) -> Array:
    """The sigmoid."""
    return np.asarray(1 / (1 + np.exp(-z)))


def f(x: Array, params: Params) -> Array:
    """The function."""
    beta = params["beta"]
    return np.asarray(x / (1 + np.exp(-beta * x)))


def df(x: Array, params: Params) -> Array:
    """Its derivative."""
    beta = params["beta"]
    return np.asarray(s(beta * x) + beta * x * s(beta * x) * (1 - s(beta * x)))


def forward(x: Array, params: Params) -> Array:
    """out, in x's shape."""
    beta = params["beta"]
    out = x * s(beta * x)
    return np.asarray(out)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx, in x's shape."""
    beta = params["beta"]
    inner = s(beta * x)
    derivative = inner + beta * x * inner * (1 - inner)
    return np.asarray(dout * derivative)

"""GELU as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import math

import numpy as np

from convcheck.layers.layer import Array, Params

ROOT, CUBIC = np.sqrt(2 / np.pi), 0.044715


def erf(x: Array) -> Array:
    """The error function."""
    return np.array([math.erf(one) for one in x.flat]).reshape(x.shape)


def s(z: Array) -> Array:
    """The sigmoid."""
    return np.asarray(1 / (1 + np.exp(-z)))


def normal(x: Array, approximate: str) -> Array:
    """The share of a normal distribution below x."""
    if approximate == "tanh":
        return np.asarray((1 + np.tanh(ROOT * (x + CUBIC * x**3))) / 2)
    return np.asarray((1 + erf(x / np.sqrt(2))) / 2)


def bell(x: Array, approximate: str) -> Array:
    """Its derivative."""
    if approximate == "tanh":
        return np.asarray(ROOT * (1 + 3 * CUBIC * x**2) * (1 - np.tanh(ROOT * (x + CUBIC * x**3)) ** 2) / 2)
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def f(x: Array, params: Params) -> Array:
    """The function."""
    approximate = params["approximate"]
    return np.asarray(x * normal(x, approximate))


def df(x: Array, params: Params) -> Array:
    """Its derivative."""
    approximate = params["approximate"]
    return np.asarray(normal(x, approximate) + x * bell(x, approximate))


def forward(x: Array, params: Params) -> Array:
    """out, in x's shape."""
    approximate = params["approximate"]
    out = x * normal(x, approximate)
    return np.asarray(out)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx, in x's shape."""
    approximate = params["approximate"]
    part = normal(x, approximate)
    derivative = part + x * bell(x, approximate)
    return np.asarray(dout * derivative)

"""The activations for whole arrays: each value, and its derivative below it. No exponential overflows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from convcheck.layers.activations.naive import CUBIC, ROOT
from convcheck.layers.layer import Array

_erf_of_each: Any = np.frompyfunc(math.erf, 1, 1)


def _minus_size(x: Array) -> Array:
    """-|x|, also of complex numbers, by the sign of their real part."""
    return np.asarray(np.where(x > 0, -x, x))


def _only_where(holds: Array, x: Array) -> Array:
    return np.asarray(np.where(holds, x, x.dtype.type(0)))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    small = np.exp(_minus_size(x))
    return np.asarray(np.where(x > 0, 1, small) / (1 + small))


def sigmoid_slope(x: Array) -> Array:
    """Of `sigmoid`."""
    small = np.exp(_minus_size(x))
    return np.asarray(small / (1 + small) ** 2)


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    return np.asarray(np.tanh(x))


def tanh_slope(x: Array) -> Array:
    """Of `tanh`."""
    return np.asarray(1 - np.tanh(x) ** 2)


def leaky_relu(x: Array, slope: float) -> Array:
    """x, or slope·x where x is negative."""
    return np.where(x > 0, x, slope * x)


def leaky_relu_slope(x: Array, slope: float) -> Array:
    """Of `leaky_relu`."""
    return np.asarray(np.where(x > 0, x.dtype.type(1), x.dtype.type(slope)))


def elu(x: Array, alpha: float) -> Array:
    """x, or alpha (exp(x) - 1) where x is negative."""
    return np.where(x > 0, x, alpha * np.expm1(_only_where(x <= 0, x)))


def elu_slope(x: Array, alpha: float) -> Array:
    """Of `elu`."""
    return np.where(x > 0, x.dtype.type(1), alpha * np.exp(_only_where(x <= 0, x)))


def selu(x: Array, alpha: float, scale: float) -> Array:
    """Scale times `elu`."""
    return scale * elu(x, alpha)


def selu_slope(x: Array, alpha: float, scale: float) -> Array:
    """Of `selu`."""
    return scale * elu_slope(x, alpha)


def softplus(x: Array, beta: float) -> Array:
    """log(1 + exp(beta·x)) / beta."""
    return np.asarray(_only_where(x > 0, x) + np.log1p(np.exp(beta * _minus_size(x))) / beta)


def softplus_slope(x: Array, beta: float) -> Array:
    """Of `softplus`."""
    return sigmoid(beta * x)


def gelu(x: Array, approximate: str) -> Array:
    """x Φ(x), with the normal distribution's Φ or with what is near it."""
    return np.asarray(x * _normal(x, approximate))


def gelu_slope(x: Array, approximate: str) -> Array:
    """Of `gelu`."""
    if approximate == "tanh":
        bend = ROOT * (1 + 3 * CUBIC * x**2) * tanh_slope(_inner(x))
        return np.asarray(_normal(x, approximate) + x / 2 * bend)
    return np.asarray(_normal(x, approximate) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def _normal(x: Array, approximate: str) -> Array:
    if approximate == "tanh":
        return np.asarray((1 + np.tanh(_inner(x))) / 2)
    return np.asarray((1 + _erf_of_each(x / math.sqrt(2)).astype(x.dtype)) / 2)


def _inner(x: Array) -> Array:
    return np.asarray(ROOT * (x + CUBIC * x**3))


def swish(x: Array, beta: float) -> Array:
    """x times the sigmoid of beta·x."""
    return np.asarray(x * sigmoid(beta * x))


def swish_slope(x: Array, beta: float) -> Array:
    """Of `swish`."""
    return np.asarray(sigmoid(beta * x) + beta * x * sigmoid_slope(beta * x))


def hard_sigmoid(x: Array, slope: float) -> Array:
    """slope·x + 1/2, cut off at 0 and at 1."""
    return np.asarray(np.minimum(np.maximum(slope * x + x.dtype.type(0.5), 0), 1))


def hard_sigmoid_slope(x: Array, slope: float) -> Array:
    """Of `hard_sigmoid`."""
    return np.asarray(np.where(np.abs(slope * x) < 1 / 2, x.dtype.type(slope), x.dtype.type(0)))


def hard_swish(x: Array) -> Array:
    """x (x + 3) / 6, which is 0 below -3 and x above 3."""
    return np.asarray(x * np.minimum(np.maximum(x + 3, 0), 6) / 6)


def hard_swish_slope(x: Array) -> Array:
    """Of `hard_swish`."""
    inside = (2 * x + 3) / 6
    return np.where(np.abs(x) < 3, inside, np.where(x > 0, x.dtype.type(1), x.dtype.type(0)))

"""The activations as they are defined, for one number: each value, and its derivative below it.

Branches keep every exponential below 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

ROOT = math.sqrt(2 / math.pi)
CUBIC = 0.044715
# Of Klambauer et al.: those at which mean 0 and variance 1 are kept.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    if x > 0:
        return 1 / (1 + np.exp(-x))
    return np.exp(x) / (1 + np.exp(x))


def sigmoid_slope(x: Any) -> Any:
    """Of `sigmoid`."""
    return sigmoid(x) * sigmoid(-x)


def tanh(x: Any) -> Any:
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""
    if x > 0:
        return (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))
    return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


def tanh_slope(x: Any) -> Any:
    """Of `tanh`."""
    return 4 * sigmoid_slope(2 * x)


def leaky_relu(x: Any, slope: float) -> Any:
    """x, or slope·x where x is negative."""
    return x if x > 0 else slope * x


def leaky_relu_slope(x: Any, slope: float) -> Any:
    """Of `leaky_relu`."""
    return 1 if x > 0 else slope


def elu(x: Any, alpha: float) -> Any:
    """x, or alpha (exp(x) - 1) where x is negative."""
    return x if x > 0 else alpha * (np.exp(x) - 1)


def elu_slope(x: Any, alpha: float) -> Any:
    """Of `elu`."""
    return 1 if x > 0 else alpha * np.exp(x)


def selu(x: Any, alpha: float, scale: float) -> Any:
    """Scale times `elu`."""
    return scale * elu(x, alpha)


def selu_slope(x: Any, alpha: float, scale: float) -> Any:
    """Of `selu`."""
    return scale * elu_slope(x, alpha)


def softplus(x: Any, beta: float) -> Any:
    """log(1 + exp(beta·x)) / beta."""
    if x > 0:
        return x + np.log(1 + np.exp(-beta * x)) / beta
    return np.log(1 + np.exp(beta * x)) / beta


def softplus_slope(x: Any, beta: float) -> Any:
    """Of `softplus`."""
    return sigmoid(beta * x)


def gelu(x: Any, approximate: str) -> Any:
    """x Φ(x), with the normal distribution's Φ or with what is near it."""
    if approximate == "tanh":
        return x / 2 * (1 + tanh(ROOT * (x + CUBIC * x**3)))
    return x / 2 * (1 + math.erf(x / math.sqrt(2)))


def gelu_slope(x: Any, approximate: str) -> Any:
    """Of `gelu`."""
    if approximate == "tanh":
        inner = ROOT * (x + CUBIC * x**3)
        return (1 + tanh(inner)) / 2 + x / 2 * tanh_slope(inner) * ROOT * (1 + 3 * CUBIC * x**2)
    return (1 + math.erf(x / math.sqrt(2))) / 2 + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def swish(x: Any, beta: float) -> Any:
    """x times the sigmoid of beta·x."""
    return x * sigmoid(beta * x)


def swish_slope(x: Any, beta: float) -> Any:
    """Of `swish`."""
    return sigmoid(beta * x) + beta * x * sigmoid_slope(beta * x)


def hard_sigmoid(x: Any, slope: float) -> Any:
    """slope·x + 1/2, cut off at 0 and at 1."""
    if slope * x <= -0.5:
        return 0
    return 1 if slope * x >= 0.5 else slope * x + 0.5


def hard_sigmoid_slope(x: Any, slope: float) -> Any:
    """Of `hard_sigmoid`."""
    return slope if -0.5 < slope * x < 0.5 else 0


def hard_swish(x: Any) -> Any:
    """x (x + 3) / 6, which is 0 below -3 and x above 3."""
    if x <= -3:
        return 0
    return x if x >= 3 else x * (x + 3) / 6


def hard_swish_slope(x: Any) -> Any:
    """Of `hard_swish`."""
    if x <= -3:
        return 0
    return 1 if x >= 3 else (2 * x + 3) / 6

"""The activations in one table: of each the function and its derivative, where it bends, and what rounds.

`terms(x, settings)` are the sizes of the terms behind each entry of the output and of the derivative, in float64. They
are those of the formulas that people write and that lose no more than they must: the sigmoid's 1 - s has the digits of
1, whatever little is left of it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from convcheck.layers.activations import sizes
from convcheck.layers.activations.naive import CUBIC, ROOT
from convcheck.layers.entrywise import EntrywiseSizes
from convcheck.layers.layer import Array, Kind
from convcheck.layers.points import ABOUT_ZERO, Points, between, times

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})

# Every entry has both signs, and lies where the function is bent and where it is hardly so.
BOTH_SIGNS = times(-1, 4)
# A tanh of this is 1 to the last bit, and its derivative 0.
SATURATED = 20.0

Terms = Callable[..., tuple[Array | float, Array | float]]


class Activation(NamedTuple):
    """One row. `points(settings)` are those at which it is looked at beside the data; `equations` its value and its
    derivative; `exact(settings)`: whether it rounds nothing.
    """

    summary: str
    equations: tuple[str, str]
    sizes: type[EntrywiseSizes]
    terms: Terms
    kind: Kind = "smooth"
    points: Callable[[Mapping[str, Any]], Points] = lambda settings: BOTH_SIGNS
    exact: Callable[[Mapping[str, Any]], bool] = lambda settings: False


def _ones(x: Array, **settings: float) -> tuple[float, float]:
    return 1.0, 1.0


def _is_power_of_two(number: float) -> bool:
    return bool(np.frexp(number)[0] == 0.5)


def _leaky_terms(x: Array, slope: float) -> tuple[Array, float]:
    return np.abs(x), 1.0


def _elu_terms(x: Array, alpha: float, scale: float = 1.0) -> tuple[Array, Array]:
    return scale * np.where(x > 0, x, alpha), scale * np.where(x > 0, 1.0, alpha)


def _softplus_terms(x: Array, beta: float) -> tuple[Array, float]:
    return np.abs(x) + 1 / beta, 1.0


def _gelu_terms(x: Array, approximate: str) -> tuple[Array, Array | float]:
    size = np.abs(x)
    if approximate == "none":
        return size, 1.5
    inner = ROOT * (size + CUBIC * size**3)
    return size, 1.5 + np.where(inner < SATURATED, size / 2 * ROOT * (1 + 3 * CUBIC * size**2), 0)


def _swish_terms(x: Array, beta: float) -> tuple[Array, Array]:
    return np.abs(x), 1 + beta * np.abs(x)


def _hard_swish_terms(x: Array) -> tuple[Array, float]:
    return np.abs(x), 1.5


def _hard_sigmoid_points(settings: Mapping[str, Any]) -> Points:
    return between((-0.5 / settings["slope"], 0.5 / settings["slope"]))


ACTIVATIONS: Mapping[str, Activation] = {
    "sigmoid": Activation(
        "every entry between 0 and 1",
        ("a = s(x) = 1 / (1 + exp(-x))", "dout s(x) (1 - s(x))"),
        sizes.ActivationSizes,
        _ones,
    ),
    "tanh": Activation(
        "every entry between -1 and 1",
        ("a = tanh(x)", "dout (1 - tanh(x)²)"),
        sizes.ActivationSizes,
        _ones,
    ),
    "leaky_relu": Activation(
        "negative entries become a small share of themselves",
        ("a = x where x > 0, slope x elsewhere", "dout where x > 0, slope dout elsewhere"),
        sizes.LeakyReluSizes,
        _leaky_terms,
        "kinked",
        lambda settings: ABOUT_ZERO,
        lambda settings: _is_power_of_two(settings["slope"]),
    ),
    "elu": Activation(
        "negative entries tend to -alpha",
        ("a = x where x > 0, alpha (exp(x) - 1) elsewhere", "dout where x > 0, dout alpha exp(x) elsewhere"),
        sizes.EluSizes,
        _elu_terms,
    ),
    "selu": Activation(
        "an ELU that keeps mean 0 and variance 1",
        (
            "a = scale x where x > 0, scale alpha (exp(x) - 1) elsewhere",
            "scale dout where x > 0, scale dout alpha exp(x) elsewhere",
        ),
        sizes.SeluSizes,
        _elu_terms,
    ),
    "softplus": Activation(
        "a ReLU without its corner",
        ("a = log(1 + exp(beta x)) / beta", "dout s(beta x),   s(z) = 1 / (1 + exp(-z))"),
        sizes.SoftplusSizes,
        _softplus_terms,
    ),
    "gelu": Activation(
        "every entry times the share of a normal distribution below it",
        (
            "a = x Φ(x),   Φ(x) = (1 + erf(x / √2)) / 2; "
            "or approximately a = x (1 + tanh u) / 2,   u = √(2/π) (x + 0.044715 x³)",
            "dout (Φ(x) + x exp(-x² / 2) / √(2π)); "
            "or dout ((1 + tanh u) / 2 + x (1 - tanh² u) √(2/π) (1 + 0.134145 x²) / 2)",
        ),
        sizes.GeluSizes,
        _gelu_terms,
    ),
    "swish": Activation(
        "every entry times its own sigmoid",
        ("a = x s(beta x),   s(z) = 1 / (1 + exp(-z))", "dout (s(beta x) + beta x s(beta x) (1 - s(beta x)))"),
        sizes.SwishSizes,
        _swish_terms,
    ),
    "hard_sigmoid": Activation(
        "a sigmoid of three straight pieces",
        ("a = slope x + 1/2, cut off at 0 and at 1", "slope dout where 0 < slope x + 1/2 < 1, 0 elsewhere"),
        sizes.HardSigmoidSizes,
        _ones,
        "kinked",
        _hard_sigmoid_points,
    ),
    "hard_swish": Activation(
        "every entry times its own hard sigmoid",
        ("a = x (x + 3) / 6 where |x| < 3, 0 below, x above", "dout (2 x + 3) / 6 where |x| < 3, 0 below, dout above"),
        sizes.ActivationSizes,
        _hard_swish_terms,
        points=lambda settings: between((-3.0, 3.0)),
    ),
}

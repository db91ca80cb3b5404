"""The words for activations in the code of other people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from convcheck.layers.activations import vectorized
from convcheck.layers.activations.built_in import constant, form
from convcheck.layers.activations.naive import SELU_ALPHA, SELU_SCALE
from convcheck.layers.words import NO_WORDS, BuiltIn, Words, WordTable, X, words

# What is called a, beside an activation, is what comes out of it.
INPUT: WordTable = {"x": (X - words("a")) | words("z logits preactivation preact")}

NAMES: Mapping[str, frozenset[str]] = {
    "sigmoid": words("sigmoid sigmoids logistic logisticsigmoid sigm expit logsig"),
    "tanh": words("tanh hyperbolictangent hyperbolictan tanhyperbolic"),
    "leaky_relu": words("leakyrelu lrelu leakyrectifiedlinearunit leakyrectifier leakyrectify leakyrectifiedlinear"),
    "elu": words("elu exponentiallinearunit exponentiallinear"),
    "selu": words("selu scaledexponentiallinearunit scaledelu"),
    "softplus": words("softplus smoothrelu"),
    "gelu": words(
        "gelu gaussianerrorlinearunit geluexact exactgelu geluerf gelutanh tanhgelu gelunew newgelu geluapprox"
    ),
    "swish": words("swish silu sigmoidlinearunit sigmoidweightedlinearunit swish1"),
    "hard_sigmoid": words("hardsigmoid hsigmoid sigmoidhard"),
    "hard_swish": words("hardswish hswish hardsilu"),
}
_COEFFICIENT = words("coef coefficient coeff k")
SETTINGS: Mapping[str, WordTable] = {
    "leaky_relu": {
        "slope": _COEFFICIENT
        | words(
            "slope negativeslope negslope alpha a leak leakiness leakyslope leakage leakrate leakyrate leakyalpha"
            " leakycoef neg gamma beta lambda l p factor"
        )
    },
    "elu": {"alpha": _COEFFICIENT | words("alpha a scale factor")},
    "selu": {"alpha": words("alpha a"), "scale": words("scale lambda lmbda lam lamda lambd l lmda gamma s")},
    "softplus": {"beta": _COEFFICIENT | words("beta b sharpness alpha")},
    "gelu": {"approximate": words("approximate approximation approx approximated useapproximation form variant mode")},
    "swish": {"beta": _COEFFICIENT | words("beta b alpha a")},
    "hard_sigmoid": {"slope": _COEFFICIENT | words("slope alpha a")},
}
# Of which each is a setting, in the order of the parameters.
BUILT_IN: Mapping[str, tuple[BuiltIn, ...]] = {
    "leaky_relu": (constant("slope", 0.01, vectorized.leaky_relu, lambda f: -f(-1.0)),),
    "elu": (constant("alpha", 1.0, vectorized.elu, lambda f: -f(-40.0)),),
    "selu": (
        constant(
            "alpha",
            SELU_ALPHA,
            vectorized.selu,
            lambda f: -f(-40.0) / f(1.0),
            about=0.01,
            beside={"scale": SELU_SCALE},
        ),
        constant("scale", SELU_SCALE, vectorized.selu, lambda f: f(1.0), about=0.01, beside={"alpha": SELU_ALPHA}),
    ),
    "softplus": (constant("beta", 1.0, vectorized.softplus, lambda f: np.log(2.0) / f(0.0)),),
    "gelu": (form("approximate", "none", ("none", "tanh"), vectorized.gelu),),
    "swish": (constant("beta", 1.0, vectorized.swish, lambda f: -np.log(1 / f(1.0) - 1)),),
    "hard_sigmoid": (constant("slope", 1 / 6, vectorized.hard_sigmoid, lambda f: f(0.5) - f(-0.5)),),
}
# What True stands for, where code has a flag in place of a form.
FLAGS: Mapping[str, Mapping[str, str]] = {"gelu": {"approximate": "tanh"}}


def names_of(name: str) -> frozenset[str]:
    """Its names, also where they say that it is an activation."""
    return frozenset(
        f"{before}{word}{after}"
        for word in NAMES[name]
        for before, after in (("", ""), ("activation", ""), ("", "activation"), ("act", ""))
    )


WORDS: Mapping[str, Words] = {
    name: Words(
        names=names_of(name),
        inputs=INPUT,
        settings=SETTINGS.get(name, NO_WORDS),
        built_in=BUILT_IN.get(name, ()),
        flags=FLAGS.get(name, NO_WORDS),
    )
    for name in NAMES
}

"""The words for a layer normalisation in the code of other people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.built_in_eps import Balanced, eps_built_in, ones_and_zeros
from convcheck.layers.batchnorm.words import INPUTS, SETTINGS, SIZES
from convcheck.layers.words import Form, Words, WordTable, words

EPS_WORDS: WordTable = {"eps": SETTINGS["eps"] | words("varianceepsilon layernormeps layernormepsilon")}
# What no check varies: whether there are gamma and beta, and over which axis the mean is.
FIXED: Mapping[str, Any] = {"elementwiseaffine": True, "affine": True, "axis": -1}


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many features, and which shape they have, and how many axes x has."""
    shape = sizes.shapes()["x"]
    return {"input_shape": shape[1:], "features": shape[-1], "axes": len(shape), "feature_shape": shape[-1:]}


def forms(sizes: Any) -> tuple[Form, ...]:
    """Rows alone where x has more axes, which those cannot be asked of; rows as sequences of one where it has two."""
    shape = sizes.shapes()["x"]
    rows = prod(shape[:-1])
    if len(shape) == 2:
        sequences = (rows, 1, shape[-1])
        return (Form(shapes={"x": sequences, "out": sequences}),)
    said = f"takes x of two axes, (N, D): x of {len(shape)} axes, {shape}, cannot be asked of it"
    flat = (rows, shape[-1])
    return (Form(said, {"x": flat, "out": flat}, use="declined"),)


def balanced_rows(sizes: Any) -> Sequence[Balanced]:
    """One row, for code that takes two axes, and for code that takes more."""
    rows = replace(sizes, N=1, D=2, shape=None), replace(sizes, N=None, D=None, shape=(1, 1, 2))
    return [Balanced(small, np.ones(small.shapes()["x"]) * [1.0, -1.0], ones_and_zeros((2,))) for small in rows]


def values_of_a_row(sizes: Any) -> int:
    """How many values a mean is of."""
    return int(sizes.shapes()["x"][-1])


WORDS = Words(
    names=words(
        "layernorm layernorm1d layernormalization layernormalisation layernormalize layernormlayer ln lnorm lnlayer"
    ),
    inputs={
        "x": INPUTS["x"] | words("hiddenstates hidden emb embeddings feats z"),
        "gamma": INPUTS["gamma"] | words("lnscale lngamma a2 gain gains"),
        "beta": INPUTS["beta"] | words("lnbias lnbeta b2 bias2"),
    },
    sizes={
        "features": SIZES["features"]
        | words("dmodel modeldim nembd embdim embeddim embeddingdim embsize nstate normshape dimension ninput nhidden"),
        "axes": SIZES["axes"],
        "feature_shape": SIZES["feature_shape"],
        "N": SIZES["N"],
    },
    settings=EPS_WORDS,
    dictionary=words("lnparam lnparams"),
    derived=derived,
    fixed=FIXED,
    in_adapters={"features": "D", "feature_shape": "(D,)"},
    built_in=(eps_built_in(balanced_rows, values_of_a_row, "row"),),
    forms=forms,
    optional={"beta": 0.0},
    hints={
        "shapes": "mean and variance are of the rows of x, over its last axis: keepdims=True has them beside x; "
        "gamma and beta are (D,)",
        "axes": "x is (N, D), or has more axes of which D is the last; gamma and beta are (D,)",
    },
    example="layernorm_forward and layernorm_backward",
)

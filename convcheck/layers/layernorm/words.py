"""The words for a layer normalisation in the code of other people."""

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.built_in_eps import eps_built_in
from convcheck.layers.batchnorm.words import INPUTS, SETTINGS, SIZES
from convcheck.layers.words import Words, WordTable, words
from convcheck.spec.sizes import Shape

EPS_WORDS: WordTable = {"eps": SETTINGS["eps"] | words("varianceepsilon layernormeps layernormepsilon")}
# What no check varies: whether there are gamma and beta, and over which axis the mean is.
FIXED: Mapping[str, Any] = {"elementwiseaffine": True, "affine": True, "axis": -1}


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many features, and which shape they have, and how many axes x has."""
    shape = sizes.shapes()["x"]
    return {"input_shape": shape[1:], "features": shape[-1], "axes": len(shape), "feature_shape": shape[-1:]}


def forms(sizes: Any) -> tuple[Mapping[str, Shape], ...]:
    """As rows where x has more axes, and as one sequence of rows where it has two."""
    shape = sizes.shapes()["x"]
    other = (prod(shape[:-1]), shape[-1]) if len(shape) != 2 else (1, *shape)
    return ({"x": other, "out": other},)


def _balanced_row(sizes: Any) -> tuple[Any, Any]:
    small = replace(sizes, D=2) if sizes.shape is None else replace(sizes, shape=(*sizes.shape[:-1], 2))
    return small, np.ones(small.shapes()["x"]) * [1.0, -1.0]


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
    built_in=(eps_built_in(_balanced_row, lambda sizes: sizes.shapes()["x"][-1], "row"),),
    forms=forms,
    hints={
        "shapes": "mean and variance are of the rows of x, over its last axis: keepdims=True has them beside x; "
        "gamma and beta are (D,)",
        "axes": "x is (N, D), or has more axes of which D is the last; gamma and beta are (D,)",
    },
    example="layernorm_forward and layernorm_backward",
)

"""The words for a group normalisation in the code of other people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convcheck.layers.batchnorm.built_in_eps import Balanced, eps_built_in, ones_and_zeros
from convcheck.layers.batchnorm.words import INPUTS, SETTINGS, SIZES
from convcheck.layers.window_words import IMAGE, channels_last
from convcheck.layers.words import Form, Words, WordTable, words

_GROUPS = words("g groups group numgroups ngroups numgroup ngroup groupnum groupcount numofgroups ngrp numg")
CHANNEL_SIZES: WordTable = {
    "features": SIZES["features"] | IMAGE["C"],
    "axes": SIZES["axes"],
    "feature_shape": SIZES["feature_shape"],
    "N": SIZES["N"],
    "H": IMAGE["H"],
    "W": IMAGE["W"],
}
CHANNEL_HINTS: Mapping[str, str] = {
    "shapes": "mean and variance stand beside what they are of with keepdims=True; gamma and beta are (1, C, 1, 1), or "
    "(C,) and made that: gamma.reshape(1, -1, 1, 1)",
    "axes": "images are (N, C, H, W), gamma and beta (1, C, 1, 1), or (C,)",
}


def derived(sizes: Any) -> Mapping[str, Any]:
    """How many channels there are, and which shape gamma has."""
    _, C, H, W = sizes.shapes()["x"]
    return {"input_shape": (C, H, W), "features": C, "axes": 4, "feature_shape": (1, C, 1, 1)}


def derived_of_groups(sizes: Any) -> Mapping[str, Any]:
    """The same, and how many channels a group has."""
    return {**derived(sizes), "group_size": sizes.C // sizes.G}


def forms(sizes: Any) -> tuple[Form, ...]:
    """gamma and beta as PyTorch has them, or beside one image; images with their channels last."""
    C = sizes.C
    of_channels = [Form(shapes={"gamma": shape, "beta": shape}) for shape in ((C,), (C, 1, 1))]
    return (*of_channels, *channels_last(sizes))


def _balanced_groups(sizes: Any) -> Sequence[Balanced]:
    """One image of two columns, 1 and -1: every channel has the mean 0, and so has every group."""
    small = replace(sizes, N=1, H=1, W=2)
    signs = np.ones(small.shapes()["x"]) * [1.0, -1.0]
    shapes = small.shapes()["gamma"], *(form.shapes["gamma"] for form in forms(small) if form.shapes)
    return [Balanced(small, signs, ones_and_zeros(shape)) for shape in shapes]


def _values_of_a_group(sizes: Any) -> int:
    return int(prod(sizes.shapes()["x"][1:])) // int(sizes.given().get("G", sizes.C))


GROUP_EPS = eps_built_in(_balanced_groups, _values_of_a_group, "group")


def _meaning(word: str, beside: Collection[str], number: bool) -> str | None:
    """G is the number of groups; beside another word for that, and where it is no number, g is gamma."""
    return "gamma" if not number and frozenset(beside) & (_GROUPS - {"g"}) else "G"


WORDS = Words(
    names=words(
        "groupnorm groupnormalization groupnormalisation groupnorm2d groupnormalization2d spatialgroupnorm"
        " spatialgroupnormalization spatialgroupnormalisation gn gn2d gnorm spatialgn groupnormalize groupnormlayer"
    ),
    inputs=INPUTS,
    sizes={**CHANNEL_SIZES, "group_size": words("groupsize channelspergroup cpg")},
    settings={
        "G": _GROUPS,
        "eps": SETTINGS["eps"],
    },
    dictionary=words("gnparam gnparams"),
    derived=derived_of_groups,
    in_order=("G",),
    contested=words("g"),
    meaning=_meaning,
    fixed={"affine": True},
    in_adapters={"features": "C", "feature_shape": "(1, C, 1, 1)", "group_size": "C // G"},
    built_in=(GROUP_EPS,),
    hints=CHANNEL_HINTS,
    forms=forms,
    optional={"beta": 0.0},
    example="spatial_groupnorm_forward and spatial_groupnorm_backward",
)

"""Dropout as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(x: Array, params: Params) -> Array:
    """out, in x's shape."""
    p = params["p"] if params["p_is"] == "kept" else 1 - params["p"]
    by_train = params["scaling"] == "train"
    if params["mode"] == "train":
        mask = params["mask"] / p if by_train else params["mask"] * 1.0
        out = x * mask
    else:
        out = x if by_train else x * p
    return np.asarray(out)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx, in x's shape."""
    p = params["p"] if params["p_is"] == "kept" else 1 - params["p"]
    by_train = params["scaling"] == "train"
    if params["mode"] == "train":
        mask = params["mask"] / p if by_train else params["mask"] * 1.0
        dx = dout * mask
    else:
        dx = dout if by_train else dout * p
    return np.asarray(dx)

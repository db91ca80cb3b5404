"""The word embedding as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(W: Array, params: Params) -> Array:
    """out, (N, T, D)."""
    x = params["x"]
    out = W[x]
    return np.asarray(out)


def dW(dout: Array, W: Array, params: Params) -> Array:
    """dW, (V, D)."""
    x = params["x"]
    dW = np.zeros(W.shape)
    np.add.at(dW, x, dout)
    return np.asarray(dW)


def dW_by_sequence(dout: Array, W: Array, params: Params) -> Array:
    """dW, one sequence after the other."""
    x = params["x"]
    dW = np.zeros(W.shape)
    for n in range(len(x)):
        np.add.at(dW, x[n], dout[n])
    return np.asarray(dW)

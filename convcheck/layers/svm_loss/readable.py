"""The SVM loss as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(x: Array, params: Params) -> Array:
    """The loss, shape ()."""
    y = params["y"]
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, np.newaxis] + params["delta"])
    margins[np.arange(N), y] = 0
    loss = np.sum(margins)
    if params["reduction"] == "mean":
        loss = loss / N
    return np.asarray(loss)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx (N, C)."""
    y = params["y"]
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, np.newaxis] + params["delta"])
    margins[np.arange(N), y] = 0
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    if params["reduction"] == "mean":
        dx = dx / N
    return np.asarray(dx * dout)

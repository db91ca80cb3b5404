"""The softmax loss as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(x: Array, params: Params) -> Array:
    """The loss, shape ()."""
    y = params["y"]
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    losses = -np.log(p[np.arange(N), y] + params["eps"])
    loss = losses.sum()
    if params["reduction"] == "mean":
        loss = loss / N
    return np.asarray(loss)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx (N, C)."""
    y = params["y"]
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    dx = p.copy()
    eps = params["eps"]
    kept = p[np.arange(N), y] / (p[np.arange(N), y] + eps) if eps else np.ones(N)
    dx[np.arange(N), y] -= 1
    dx = dx * kept[:, np.newaxis]
    if params["reduction"] == "mean":
        dx = dx / N
    return np.asarray(dx * dout)

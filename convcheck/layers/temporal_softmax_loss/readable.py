"""The temporal softmax loss as people write it, one function for each tensor, of which its mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(x: Array, params: Params) -> Array:
    """The loss, shape ()."""
    N, T, V = x.shape
    rows, y = x.reshape(N * T, V), params["y"].reshape(N * T)
    mask = params["mask"].reshape(N * T)
    shifted = rows - rows.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    losses = -np.log(p[np.arange(N * T), y])
    loss = np.sum(mask * losses)
    if params["reduction"] == "sequences":
        loss = loss / N
    if params["reduction"] == "words":
        loss = loss / mask.sum()
    return np.asarray(loss)


def dx(dout: Array, x: Array, params: Params) -> Array:
    """dx (N, T, V)."""
    N, T, V = x.shape
    rows, y = x.reshape(N * T, V), params["y"].reshape(N * T)
    mask = params["mask"].reshape(N * T)
    shifted = rows - rows.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    dx = p.copy()
    dx[np.arange(N * T), y] -= 1
    dx = dx * mask[:, None]
    if params["reduction"] == "sequences":
        dx = dx / N
    if params["reduction"] == "words":
        dx = dx / mask.sum()
    return np.asarray(dx.reshape(N, T, V) * dout)

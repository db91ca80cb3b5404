"""The affine layer as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array


def forward(x: Array, w: Array, b: Array) -> Array:
    """out, (N, M)."""
    N, (D, M) = len(x), w.shape
    rows = x.reshape(N, -1)
    out = rows @ w + b
    return np.asarray(out)


def dx(dout: Array, x: Array, w: Array, b: Array) -> Array:
    """dx, in x's shape."""
    N, (D, M) = len(x), w.shape
    rows = dout @ w.T
    return np.asarray(rows.reshape(x.shape))


def dw(dout: Array, x: Array, w: Array, b: Array) -> Array:
    """dw, (D, M)."""
    N, (D, M) = len(x), w.shape
    rows = x.reshape(N, -1)
    dw = rows.T @ dout
    return np.asarray(dw)


def db(dout: Array, x: Array, w: Array, b: Array) -> Array:
    """db, (M,)."""
    N, (D, M) = len(x), w.shape
    db = dout.sum(axis=0)
    return np.asarray(db)

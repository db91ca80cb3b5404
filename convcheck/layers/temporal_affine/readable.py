"""The temporal affine layer as people write it: the affine layer of N·T rows, whose mistakes are edits of it too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np

from convcheck.layers.layer import Array


def in_steps(forward: Callable[..., Array]) -> Callable[..., Array]:
    """Rows become the steps of sequences."""

    @wraps(forward)
    def of_steps(x: Array, w: Array, b: Array) -> Array:
        out, (N, T, _) = forward(x, w, b), x.shape
        return out.reshape(N, T, *out.shape[1:]) if len(out) == N * T and out.ndim < x.ndim else out

    return of_steps


def of_rows(gradient: Callable[..., Array]) -> Callable[..., Array]:
    """The steps of dout become rows."""

    @wraps(gradient)
    def of_steps(dout: Array, x: Array, w: Array, b: Array) -> Array:
        return gradient(dout.reshape(-1, dout.shape[2]), x, w, b)

    return of_steps


@in_steps
def forward(x: Array, w: Array, b: Array) -> Array:
    """out, (N, T, M)."""
    N, (D, M) = len(x) * x.shape[1], w.shape
    rows = x.reshape(N, -1)
    out = rows @ w + b
    return np.asarray(out)


@of_rows
def dx(dout: Array, x: Array, w: Array, b: Array) -> Array:
    """dx, (N, T, D)."""
    N, (D, M) = len(x) * x.shape[1], w.shape
    rows = dout @ w.T
    return np.asarray(rows.reshape(x.shape))


@of_rows
def dw(dout: Array, x: Array, w: Array, b: Array) -> Array:
    """dw, (D, M)."""
    N, (D, M) = len(x) * x.shape[1], w.shape
    rows = x.reshape(N, -1)
    dw = rows.T @ dout
    return np.asarray(dw)


@of_rows
def db(dout: Array, x: Array, w: Array, b: Array) -> Array:
    """db, (M,)."""
    N, (D, M) = len(x) * x.shape[1], w.shape
    db = dout.sum(axis=0)
    return np.asarray(db)

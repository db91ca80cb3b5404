"""The affine layer as matrix products."""

from __future__ import annotations

from typing import Any

from convcheck.layers.layer import Array


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x (N, d_1, …, d_k), w (D, M), b (M,) -> out (N, M), cache."""
    rows = x.reshape(len(x), -1)
    return rows @ w + b, (rows, x.shape, w)


def affine_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """dout (N, M) -> dx (N, d_1, …, d_k), dw (D, M), db (M,)."""
    rows, shape, w = cache
    return (dout @ w.T).reshape(shape), rows.T @ dout, dout.sum(axis=0)

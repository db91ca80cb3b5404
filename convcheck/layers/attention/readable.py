"""Attention as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(q: Array, k: Array, v: Array, params: Params) -> Array:
    """out, (N, T, M)."""
    mask, scale = params["mask"], params["scale"]
    scores = q @ k.transpose(0, 2, 1)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    out = p @ v
    return np.asarray(out)


def dq(dout: Array, q: Array, k: Array, v: Array, params: Params) -> Array:
    """dq, (N, T, D)."""
    mask, scale = params["mask"], params["scale"]
    scores = q @ k.transpose(0, 2, 1)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    dp = dout @ v.transpose(0, 2, 1)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dq = ds @ k
    return np.asarray(dq)


def dk(dout: Array, q: Array, k: Array, v: Array, params: Params) -> Array:
    """dk, (N, S, D)."""
    mask, scale = params["mask"], params["scale"]
    scores = q @ k.transpose(0, 2, 1)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    dp = dout @ v.transpose(0, 2, 1)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dk = ds.transpose(0, 2, 1) @ q
    return np.asarray(dk)


def dv(dout: Array, q: Array, k: Array, v: Array, params: Params) -> Array:
    """dv, (N, S, M)."""
    mask, scale = params["mask"], params["scale"]
    scores = q @ k.transpose(0, 2, 1)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    dv = p.transpose(0, 2, 1) @ dout
    return np.asarray(dv)

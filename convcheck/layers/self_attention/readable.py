"""Multi-head self-attention as people write it, one function a tensor; the layer's mistakes are edits of them."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(
    x: Array, wq: Array, wk: Array, wv: Array, wo: Array, bq: Array, bk: Array, bv: Array, bo: Array, params: Params
) -> Array:
    """out, (N, T, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    a = p @ v
    joined = a.transpose(0, 2, 1, 3).reshape(N, T, D)
    out = joined @ wo + bo
    return np.asarray(out)


def dx(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dx, (N, T, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dp = da @ v.transpose(0, 1, 3, 2)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dq = ds @ k
    dq = dq.transpose(0, 2, 1, 3).reshape(N, T, D)
    dk = ds.transpose(0, 1, 3, 2) @ q
    dk = dk.transpose(0, 2, 1, 3).reshape(N, T, D)
    dv = p.transpose(0, 1, 3, 2) @ da
    dv = dv.transpose(0, 2, 1, 3).reshape(N, T, D)
    dx = dq @ wq.T + dk @ wk.T + dv @ wv.T
    return np.asarray(dx)


def dwq(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dwq, (D, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dp = da @ v.transpose(0, 1, 3, 2)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dq = ds @ k
    dq = dq.transpose(0, 2, 1, 3).reshape(N, T, D)
    dwq = x.reshape(N * T, D).T @ dq.reshape(N * T, D)
    return np.asarray(dwq)


def dwk(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dwk, (D, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dp = da @ v.transpose(0, 1, 3, 2)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dk = ds.transpose(0, 1, 3, 2) @ q
    dk = dk.transpose(0, 2, 1, 3).reshape(N, T, D)
    dwk = x.reshape(N * T, D).T @ dk.reshape(N * T, D)
    return np.asarray(dwk)


def dwv(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dwv, (D, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dv = p.transpose(0, 1, 3, 2) @ da
    dv = dv.transpose(0, 2, 1, 3).reshape(N, T, D)
    dwv = x.reshape(N * T, D).T @ dv.reshape(N * T, D)
    return np.asarray(dwv)


def dwo(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dwo, (D, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    a = p @ v
    joined = a.transpose(0, 2, 1, 3).reshape(N, T, D)
    dwo = joined.reshape(N * T, D).T @ dout.reshape(N * T, D)
    return np.asarray(dwo)


def dbq(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dbq, (D,)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dp = da @ v.transpose(0, 1, 3, 2)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dq = ds @ k
    dq = dq.transpose(0, 2, 1, 3).reshape(N, T, D)
    dbq = dq.sum(axis=(0, 1))
    return np.asarray(dbq)


def dbk(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dbk, (D,)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dp = da @ v.transpose(0, 1, 3, 2)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds = ds * scale
    dk = ds.transpose(0, 1, 3, 2) @ q
    dk = dk.transpose(0, 2, 1, 3).reshape(N, T, D)
    dbk = dk.sum(axis=(0, 1))
    return np.asarray(dbk)


def dbv(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dbv, (D,)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    N, T, D = x.shape
    q = (x @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (x @ wk + bk).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    v = (x @ wv + bv).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dv = p.transpose(0, 1, 3, 2) @ da
    dv = dv.transpose(0, 2, 1, 3).reshape(N, T, D)
    dbv = dv.sum(axis=(0, 1))
    return np.asarray(dbv)


def dbo(
    dout: Array,
    x: Array,
    wq: Array,
    wk: Array,
    wv: Array,
    wo: Array,
    bq: Array,
    bk: Array,
    bv: Array,
    bo: Array,
    params: Params,
) -> Array:
    """dbo, (D,)."""
    dbo = dout.sum(axis=(0, 1))
    return np.asarray(dbo)

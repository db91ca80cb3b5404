"""Multi-head attention as people write it, one function a tensor; the layer's mistakes are edits of them."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def forward(
    query: Array,
    key: Array,
    value: Array,
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
    """out, (N, T, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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


def dquery(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    """dquery, (N, T, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    dquery = dq @ wq.T
    return np.asarray(dquery)


def dkey(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    """dkey, (N, S, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    dk = dk.transpose(0, 2, 1, 3).reshape(N, S, D)
    dkey = dk @ wk.T
    return np.asarray(dkey)


def dvalue(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    """dvalue, (N, S, D)."""
    mask, scale, heads = params["mask"], params["scale"], params["heads"]
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dv = p.transpose(0, 1, 3, 2) @ da
    dv = dv.transpose(0, 2, 1, 3).reshape(N, S, D)
    dvalue = dv @ wv.T
    return np.asarray(dvalue)


def dwq(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    dwq = query.reshape(N * T, D).T @ dq.reshape(N * T, D)
    return np.asarray(dwq)


def dwk(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    dk = dk.transpose(0, 2, 1, 3).reshape(N, S, D)
    dwk = key.reshape(N * S, D).T @ dk.reshape(N * S, D)
    return np.asarray(dwk)


def dwv(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dv = p.transpose(0, 1, 3, 2) @ da
    dv = dv.transpose(0, 2, 1, 3).reshape(N, S, D)
    dwv = value.reshape(N * S, D).T @ dv.reshape(N * S, D)
    return np.asarray(dwv)


def dwo(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
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
    dk = dk.transpose(0, 2, 1, 3).reshape(N, S, D)
    dbk = dk.sum(axis=(0, 1))
    return np.asarray(dbk)


def dbv(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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
    (N, T, D), S = query.shape, key.shape[1]
    q = (query @ wq + bq).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    k = (key @ wk + bk).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    v = (value @ wv + bv).reshape(N, S, heads, -1).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2)
    scores = scores * scale
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    da = (dout @ wo.T).reshape(N, T, heads, -1).transpose(0, 2, 1, 3)
    dv = p.transpose(0, 1, 3, 2) @ da
    dv = dv.transpose(0, 2, 1, 3).reshape(N, S, D)
    dbv = dv.sum(axis=(0, 1))
    return np.asarray(dbv)


def dbo(
    dout: Array,
    query: Array,
    key: Array,
    value: Array,
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

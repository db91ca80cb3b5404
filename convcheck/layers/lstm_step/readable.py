"""A step of an LSTM as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params


def sigmoid(a: Array) -> Array:
    """1 / (1 + exp(-a)) of what overflows nowhere."""
    return np.asarray((1 + np.tanh(a / 2)) / 2)


def parted(a: Array, order: str) -> list[Array]:
    """The columns of i, f, o and g, which are in this order."""
    columns = np.split(a, 4, axis=1)
    return [columns[order.index(gate)] for gate in "ifog"]


def joined(i: Array, f: Array, o: Array, g: Array, order: str) -> Array:
    """Columns in this order, of those of i, f, o and g."""
    columns = dict(zip("ifog", (i, f, o, g), strict=True))
    return np.hstack([columns[gate] for gate in order])


def forward(x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """next_h and next_c, (N, 2H)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return np.hstack([next_h, next_c])


def dx(dout: Array, x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dx, (N, D)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dnext_h, dnext_c = np.split(dout, 2, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    di = dc * g
    df = dc * prev_c
    dg = dc * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g**2)
    da = joined(dai, daf, dao, dag, params["gates"])
    dx = da @ Wx.T
    return np.asarray(dx)


def dprev_h(
    dout: Array, x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params
) -> Array:
    """dprev_h, (N, H)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dnext_h, dnext_c = np.split(dout, 2, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    di = dc * g
    df = dc * prev_c
    dg = dc * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g**2)
    da = joined(dai, daf, dao, dag, params["gates"])
    dprev_h = da @ Wh.T
    return np.asarray(dprev_h)


def dprev_c(
    dout: Array, x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params
) -> Array:
    """dprev_c, (N, H)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dnext_h, dnext_c = np.split(dout, 2, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    dprev_c = dc * f
    return np.asarray(dprev_c)


def dWx(dout: Array, x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dWx, (D, 4H)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dnext_h, dnext_c = np.split(dout, 2, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    di = dc * g
    df = dc * prev_c
    dg = dc * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g**2)
    da = joined(dai, daf, dao, dag, params["gates"])
    dWx = x.T @ da
    return np.asarray(dWx)


def dWh(dout: Array, x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dWh, (H, 4H)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dnext_h, dnext_c = np.split(dout, 2, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    di = dc * g
    df = dc * prev_c
    dg = dc * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g**2)
    da = joined(dai, daf, dao, dag, params["gates"])
    dWh = prev_h.T @ da
    return np.asarray(dWh)


def db(dout: Array, x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """db, (4H,)."""
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = parted(a, params["gates"])
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    dnext_h, dnext_c = np.split(dout, 2, axis=1)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    di = dc * g
    df = dc * prev_c
    dg = dc * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dao = do * o * (1 - o)
    dag = dg * (1 - g**2)
    da = joined(dai, daf, dao, dag, params["gates"])
    db = da.sum(axis=0)
    return np.asarray(db)

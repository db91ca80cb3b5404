"""An LSTM as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array, Params
from convcheck.layers.lstm_step.readable import joined, parted, sigmoid

Steps = list[tuple[Array, ...]]


def steps_of(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Steps:
    """The state and the cell before each step, its gates, and the cell after it, of right code."""
    steps: Steps = []
    state, cell = h0, np.zeros(h0.shape)
    for t in range(x.shape[1]):
        ai, af, ao, ag = parted(x[:, t] @ Wx + state @ Wh + b, params["gates"])
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        steps.append((state, cell, i, f, o, g, f * cell + i * g))
        cell = f * cell + i * g
        state = o * np.tanh(cell)
    return steps


def forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """h, (N, T, H)."""
    N, T, D = x.shape
    h = np.zeros((N, T, len(Wh)))
    prev_h, prev_c = h0, np.zeros(h0.shape)
    for t in range(T):
        a = x[:, t] @ Wx + prev_h @ Wh + b
        ai, af, ao, ag = parted(a, params["gates"])
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        next_c = f * prev_c + i * g
        h[:, t] = o * np.tanh(next_c)
        prev_h, prev_c = h[:, t], next_c
    return np.asarray(h)


def dx(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dx, (N, T, D)."""
    N, T, D = x.shape
    steps = steps_of(x, h0, Wx, Wh, b, params)
    dx = np.zeros(x.shape)
    dprev_h = dprev_c = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before, prev_c, i, f, o, g, next_c = steps[t]
        tanh_c = np.tanh(next_c)
        dnext_h, dnext_c = dout[:, t] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
        do, di, df, dg = dnext_h * tanh_c, dc * g, dc * prev_c, dc * i
        dai, daf, dao, dag = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)
        da = joined(dai, daf, dao, dag, params["gates"])
        dprev_c = dc * f
        dprev_h = da @ Wh.T
        dx[:, t] = da @ Wx.T
    return np.asarray(dx)


def dh0(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dh0, (N, H)."""
    N, T, D = x.shape
    steps = steps_of(x, h0, Wx, Wh, b, params)
    dprev_h = dprev_c = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before, prev_c, i, f, o, g, next_c = steps[t]
        tanh_c = np.tanh(next_c)
        dnext_h, dnext_c = dout[:, t] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
        do, di, df, dg = dnext_h * tanh_c, dc * g, dc * prev_c, dc * i
        dai, daf, dao, dag = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)
        da = joined(dai, daf, dao, dag, params["gates"])
        dprev_c = dc * f
        dprev_h = da @ Wh.T
    dh0 = dprev_h
    return np.asarray(dh0)


def dWx(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dWx, (D, 4H)."""
    N, T, D = x.shape
    steps = steps_of(x, h0, Wx, Wh, b, params)
    dWx = np.zeros(Wx.shape)
    dprev_h = dprev_c = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before, prev_c, i, f, o, g, next_c = steps[t]
        tanh_c = np.tanh(next_c)
        dnext_h, dnext_c = dout[:, t] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
        do, di, df, dg = dnext_h * tanh_c, dc * g, dc * prev_c, dc * i
        dai, daf, dao, dag = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)
        da = joined(dai, daf, dao, dag, params["gates"])
        dprev_c = dc * f
        dprev_h = da @ Wh.T
        dWx += x[:, t].T @ da
    return np.asarray(dWx)


def dWh(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """dWh, (H, 4H)."""
    N, T, D = x.shape
    steps = steps_of(x, h0, Wx, Wh, b, params)
    dWh = np.zeros(Wh.shape)
    dprev_h = dprev_c = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before, prev_c, i, f, o, g, next_c = steps[t]
        tanh_c = np.tanh(next_c)
        dnext_h, dnext_c = dout[:, t] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
        do, di, df, dg = dnext_h * tanh_c, dc * g, dc * prev_c, dc * i
        dai, daf, dao, dag = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)
        da = joined(dai, daf, dao, dag, params["gates"])
        dprev_c = dc * f
        dprev_h = da @ Wh.T
        dWh += before.T @ da
    return np.asarray(dWh)


def db(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array, params: Params) -> Array:
    """db, (4H,)."""
    N, T, D = x.shape
    steps = steps_of(x, h0, Wx, Wh, b, params)
    db = np.zeros(b.shape)
    dprev_h = dprev_c = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before, prev_c, i, f, o, g, next_c = steps[t]
        tanh_c = np.tanh(next_c)
        dnext_h, dnext_c = dout[:, t] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
        do, di, df, dg = dnext_h * tanh_c, dc * g, dc * prev_c, dc * i
        dai, daf, dao, dag = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)
        da = joined(dai, daf, dao, dag, params["gates"])
        dprev_c = dc * f
        dprev_h = da @ Wh.T
        db += da.sum(axis=0)
    return np.asarray(db)

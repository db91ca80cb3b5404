"""A vanilla RNN as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array


def states_of(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """h, (N, T, H), of right code."""
    h = np.zeros((*x.shape[:2], len(b)))
    state = h0
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ Wx + state @ Wh + b)
        h[:, t] = state
    return h


def forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """h, (N, T, H)."""
    N, T, D = x.shape
    h = np.zeros((N, T, len(b)))
    prev_h = h0
    for t in range(T):
        a = x[:, t] @ Wx + prev_h @ Wh + b
        h[:, t] = np.tanh(a)
        prev_h = h[:, t]
    return np.asarray(h)


def dx(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dx, (N, T, D)."""
    N, T, D = x.shape
    h = states_of(x, h0, Wx, Wh, b)
    dx = np.zeros(x.shape)
    dprev_h = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before = h[:, t - 1] if t > 0 else h0
        dnext_h = dout[:, t] + dprev_h
        da = dnext_h * (1 - h[:, t] ** 2)
        dx[:, t] = da @ Wx.T
        dprev_h = da @ Wh.T
    return np.asarray(dx)


def dh0(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dh0, (N, H)."""
    N, T, D = x.shape
    h = states_of(x, h0, Wx, Wh, b)
    dprev_h = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before = h[:, t - 1] if t > 0 else h0
        dnext_h = dout[:, t] + dprev_h
        da = dnext_h * (1 - h[:, t] ** 2)
        dprev_h = da @ Wh.T
    dh0 = dprev_h
    return np.asarray(dh0)


def dWx(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dWx, (D, H)."""
    N, T, D = x.shape
    h = states_of(x, h0, Wx, Wh, b)
    dWx = np.zeros(Wx.shape)
    dprev_h = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before = h[:, t - 1] if t > 0 else h0
        dnext_h = dout[:, t] + dprev_h
        da = dnext_h * (1 - h[:, t] ** 2)
        dWx += x[:, t].T @ da
        dprev_h = da @ Wh.T
    return np.asarray(dWx)


def dWh(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dWh, (H, H)."""
    N, T, D = x.shape
    h = states_of(x, h0, Wx, Wh, b)
    dWh = np.zeros(Wh.shape)
    dprev_h = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before = h[:, t - 1] if t > 0 else h0
        dnext_h = dout[:, t] + dprev_h
        da = dnext_h * (1 - h[:, t] ** 2)
        dWh += before.T @ da
        dprev_h = da @ Wh.T
    return np.asarray(dWh)


def db(dout: Array, x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """db, (H,)."""
    N, T, D = x.shape
    h = states_of(x, h0, Wx, Wh, b)
    db = np.zeros(b.shape)
    dprev_h = np.zeros(h0.shape)
    for t in reversed(range(T)):
        before = h[:, t - 1] if t > 0 else h0
        dnext_h = dout[:, t] + dprev_h
        da = dnext_h * (1 - h[:, t] ** 2)
        db += da.sum(axis=0)
        dprev_h = da @ Wh.T
    return np.asarray(db)

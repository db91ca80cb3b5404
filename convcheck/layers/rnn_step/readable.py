"""A step of a vanilla RNN as people write it, one function for each tensor, of which the layer's mistakes are edits."""

from __future__ import annotations

import numpy as np

from convcheck.layers.layer import Array


def forward(x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """next_h, (N, H)."""
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    return np.asarray(next_h)


def dx(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dx, (N, D)."""
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    da = dout * (1 - next_h**2)
    dx = da @ Wx.T
    return np.asarray(dx)


def dprev_h(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dprev_h, (N, H)."""
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    da = dout * (1 - next_h**2)
    dprev_h = da @ Wh.T
    return np.asarray(dprev_h)


def dWx(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dWx, (D, H)."""
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    da = dout * (1 - next_h**2)
    dWx = x.T @ da
    return np.asarray(dWx)


def dWh(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """dWh, (H, H)."""
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    da = dout * (1 - next_h**2)
    dWh = prev_h.T @ da
    return np.asarray(dWh)


def db(dout: Array, x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> Array:
    """db, (H,)."""
    a = x @ Wx + prev_h @ Wh + b
    next_h = np.tanh(a)
    da = dout * (1 - next_h**2)
    db = da.sum(axis=0)
    return np.asarray(db)

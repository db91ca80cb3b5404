"""The two-dimensional layer, and one around it."""
import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = np.sum(dout, axis=0)
    return dx, dw, db


def temporal_affine_forward(x, w, b):
    N, T = x.shape[:2]
    flat, cache = affine_forward(x.reshape(N * T, -1), w, b)
    return flat.reshape(N, T, -1), (cache, x.shape)


def temporal_affine_backward(dout, cache):
    flat_cache, shape = cache
    N, T = shape[:2]
    dx, dw, db = affine_backward(dout.reshape(N * T, -1), flat_cache)
    return dx.reshape(shape), dw, db

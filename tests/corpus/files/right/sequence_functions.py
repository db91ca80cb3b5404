"""Recurrent steps and what goes with them, as one who knows the course writes them down once more, shorter."""

import numpy as np


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    i, f, o = np.split(sigmoid(a[:, : -len(Wh)]), 3, axis=1)
    g = np.tanh(a[:, -len(Wh) :])
    next_c = f * prev_c + i * g
    t = np.tanh(next_c)
    return o * t, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, t)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, t = cache
    dc = dnext_c + dnext_h * o * (1 - t * t)
    da = np.hstack(
        [dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g * g)]
    )
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    h, c, hs, caches = h0, np.zeros_like(h0), [], []
    for xt in x.swapaxes(0, 1):
        h, c, cache = lstm_step_forward(xt, h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs, axis=1), caches


def lstm_backward(dh, caches):
    dprev_h, dprev_c = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dx, dW = [], [0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        dxt, dprev_h, dprev_c, *grads = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, caches[t])
        dx.append(dxt)
        dW = [a + b for a, b in zip(dW, grads)]
    return np.stack(dx[::-1], axis=1), dprev_h, *dW


def gru_step_forward(x, prev_h, Wx, Wh, b):
    """
    Inputs: x (N, D), prev_h (N, H), Wx (D, 3H), Wh (H, 3H), b (3H,); gates are update, reset, candidate.
    """
    H = prev_h.shape[1]
    a = x.dot(Wx[:, : 2 * H]) + prev_h.dot(Wh[:, : 2 * H]) + b[: 2 * H]
    z = sigmoid(a[:, :H])
    r = sigmoid(a[:, H:])
    rh = r * prev_h
    g = np.tanh(x.dot(Wx[:, 2 * H :]) + rh.dot(Wh[:, 2 * H :]) + b[2 * H :])
    next_h = z * prev_h + (1 - z) * g
    cache = (x, prev_h, Wx, Wh, z, r, rh, g)
    return next_h, cache


def gru_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, z, r, rh, g = cache
    H = prev_h.shape[1]
    dg = dnext_h * (1 - z) * (1 - g**2)
    dz = dnext_h * (prev_h - g) * z * (1 - z)
    drh = dg.dot(Wh[:, 2 * H :].T)
    dr = drh * prev_h * r * (1 - r)
    da = np.hstack((dz, dr, dg))
    dx = da.dot(Wx.T)
    dprev_h = dnext_h * z + drh * r + np.hstack((dz, dr)).dot(Wh[:, : 2 * H].T)
    dWx = x.T.dot(da)
    dWh = np.hstack((prev_h.T.dot(dz), prev_h.T.dot(dr), rh.T.dot(dg)))
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    shifted = x - x.max(axis=2, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.ogrid[:N, :T]
    loss = -(mask * logp[n, t, y]).sum() / N
    dx = np.exp(logp)
    dx[n, t, y] -= 1
    dx *= mask[:, :, None] / N
    return loss, dx

"""An LSTM in loops over everything, to see what is what; gates f, i, g, o."""

import numpy as np


def _sig(v):
    return 1.0 / (1.0 + np.exp(-v))


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H), x.dtype)
    gates, cells = np.zeros((N, T, 4, H), x.dtype), np.zeros((N, T + 1, H), x.dtype)
    for n in range(N):
        for t in range(T):
            prev = h0[n] if t == 0 else h[n, t - 1]
            for k in range(4 * H):
                v = b[k]
                for d in range(D):
                    v += x[n, t, d] * Wx[d, k]
                for j in range(H):
                    v += prev[j] * Wh[j, k]
                gate = k // H
                gates[n, t, gate, k % H] = np.tanh(v) if gate == 2 else _sig(v)
            f, i, g, o = gates[n, t]
            cells[n, t + 1] = f * cells[n, t] + i * g
            h[n, t] = o * np.tanh(cells[n, t + 1])
    return h, (x, h0, Wx, Wh, h, gates, cells)


def lstm_backward(dh, cache):
    x, h0, Wx, Wh, h, gates, cells = cache
    N, T, D = x.shape
    H = h0.shape[1]
    dx, dh0, dWx, dWh, db = (np.zeros_like(a) for a in (x, h0, Wx, Wh, Wx[0]))
    for n in range(N):
        dnext, dcell = np.zeros(H, x.dtype), np.zeros(H, x.dtype)
        for t in range(T - 1, -1, -1):
            f, i, g, o = gates[n, t]
            tc = np.tanh(cells[n, t + 1])
            total = dh[n, t] + dnext
            dcell = dcell + total * o * (1 - tc * tc)
            da = np.concatenate(
                [
                    dcell * cells[n, t] * f * (1 - f),
                    dcell * g * i * (1 - i),
                    dcell * i * (1 - g * g),
                    total * tc * o * (1 - o),
                ]
            )
            dcell = dcell * f
            prev = h0[n] if t == 0 else h[n, t - 1]
            dnext = np.zeros(H, x.dtype)
            for k in range(4 * H):
                db[k] += da[k]
                for d in range(D):
                    dWx[d, k] += x[n, t, d] * da[k]
                    dx[n, t, d] += Wx[d, k] * da[k]
                for j in range(H):
                    dWh[j, k] += prev[j] * da[k]
                    dnext[j] += Wh[j, k] * da[k]
        dh0[n] = dnext
    return dx, dh0, dWx, dWh, db

"""A GRU of the second book: one step, and all of them."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class GRU:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.cache = None

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        H = Wh.shape[0]
        gates = np.dot(x, Wx[:, : 2 * H]) + np.dot(h_prev, Wh[:, : 2 * H]) + b[: 2 * H]
        z, r = sigmoid(gates[:, :H]), sigmoid(gates[:, H:])
        h_hat = np.tanh(np.dot(x, Wx[:, 2 * H :]) + np.dot(r * h_prev, Wh[:, 2 * H :]) + b[2 * H :])
        self.cache = (x, h_prev, z, r, h_hat)
        return (1 - z) * h_prev + z * h_hat

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        H = Wh.shape[0]
        x, h_prev, z, r, h_hat = self.cache
        dt = dh_next * z * (1 - h_hat**2)
        dhr = np.dot(dt, Wh[:, 2 * H :].T)
        dz = dh_next * (h_hat - h_prev) * z * (1 - z)
        dr = dhr * h_prev * r * (1 - r)
        da = np.hstack((dz, dr, dt))
        self.grads[0][...] = np.dot(x.T, da)
        self.grads[1][...] = np.hstack((np.dot(h_prev.T, dz), np.dot(h_prev.T, dr), np.dot((r * h_prev).T, dt)))
        self.grads[2][...] = da.sum(axis=0)
        dh_prev = dh_next * (1 - z) + r * dhr + np.dot(dz, Wh[:, :H].T) + np.dot(dr, Wh[:, H : 2 * H].T)
        return np.dot(da, Wx.T), dh_prev


class TimeGRU:
    def __init__(self, Wx, Wh, b, stateful=False):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.layers, self.h, self.dh, self.stateful = None, None, None, stateful

    def forward(self, xs):
        N, T, D = xs.shape
        H = self.params[1].shape[0]
        self.layers, hs = [], np.empty((N, T, H), dtype=xs.dtype)
        if not self.stateful or self.h is None:
            self.h = np.zeros((N, H), dtype=xs.dtype)
        for t in range(T):
            layer = GRU(*self.params)
            self.h = layer.forward(xs[:, t, :], self.h)
            hs[:, t, :] = self.h
            self.layers.append(layer)
        return hs

    def backward(self, dhs):
        N, T, H = dhs.shape
        dxs, dh, grads = np.empty((N, T, self.params[0].shape[0]), dtype=dhs.dtype), 0, [0, 0, 0]
        for t in reversed(range(T)):
            dxs[:, t, :], dh = self.layers[t].backward(dhs[:, t, :] + dh)
            for i, grad in enumerate(self.layers[t].grads):
                grads[i] = grads[i] + grad
        for i, grad in enumerate(grads):
            self.grads[i][...] = grad
        self.dh = dh
        return dxs


class RNN:
    def __init__(self, D, H):
        self.D, self.H = D, H
        self.Wx, self.Wh, self.b = np.random.randn(D, H), np.random.randn(H, H), np.zeros(H)

    def forward(self, x, h0):
        N, T, D = x.shape
        h = h0
        self.x, self.h0, self.hs = x, h0, np.zeros((N, T, self.H), x.dtype)
        for t in range(T):
            h = self.hs[:, t] = np.tanh(x[:, t] @ self.Wx + h @ self.Wh + self.b)
        return self.hs

    def backward(self, dhs):
        self.dWx, self.dWh, self.db = [np.zeros_like(a) for a in (self.Wx, self.Wh, self.b)]
        dh, dx = 0, np.zeros_like(self.x)
        for t in range(dhs.shape[1])[::-1]:
            da = (dhs[:, t] + dh) * (1 - self.hs[:, t] ** 2)
            before = self.hs[:, t - 1] if t else self.h0
            self.dWx += self.x[:, t].T @ da
            self.dWh += before.T @ da
            self.db += da.sum(0)
            dx[:, t], dh = da @ self.Wx.T, da @ self.Wh.T
        return dx, dh


class TemporalSoftmaxLoss:
    def forward(self, logits, labels, mask):
        self.N, self.T, self.V = logits.shape
        flat = logits.reshape(-1, self.V)
        self.labels, self.mask = labels.ravel(), mask.ravel()
        shifted = flat - np.max(flat, axis=1, keepdims=True)
        logp = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
        self.p = np.exp(logp)
        picked = logp[np.arange(self.N * self.T), self.labels]
        return -np.sum(self.mask * picked) / self.N

    def backward(self, dout=1.0):
        d = self.p.copy()
        d[np.arange(self.N * self.T), self.labels] -= 1
        d *= dout * self.mask[:, np.newaxis] / self.N
        return d.reshape(self.N, self.T, self.V)

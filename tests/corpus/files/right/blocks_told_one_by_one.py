"""Layers one after the other whose settings are handed over one by one, and one with a constant of its own."""
import numpy as np


def _mix(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w)


def _mix_d(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(x.shape[0], -1).T @ dout, dout.sum(0)


def _keep(x):
    return np.maximum(x, 0), x


def _keep_d(dout, x):
    return dout * (x > 0)


def _slide(x, w, b, stride, pad):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    Ho, Wo = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    out = np.zeros((N, F, Ho, Wo), dtype=x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            win = xp[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            out[:, :, i, j] = np.tensordot(win, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, stride, pad)


def _slide_d(dout, cache):
    x, w, stride, pad = cache
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    _, _, HH, WW = w.shape
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            r, c = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
            dw += np.tensordot(dout[:, :, i, j], xp[:, :, r, c], axes=(0, 0))
            dxp[:, :, r, c] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
    H, W = x.shape[2:]
    return dxp[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


def _peak(x, pool_h, pool_w, stride):
    N, C, H, W = x.shape
    Ho, Wo = (H - pool_h) // stride + 1, (W - pool_w) // stride + 1
    out = np.zeros((N, C, Ho, Wo), dtype=x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + pool_h, j * stride : j * stride + pool_w].max(axis=(2, 3))
    return out, (x, pool_h, pool_w, stride)


def _peak_d(dout, cache):
    x, ph, pw, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
        a, b = np.unravel_index(win.argmax(), win.shape)
        dx[n, c, i * stride + a, j * stride + b] += dout[n, c, i, j]
    return dx


def _even(x, gamma, beta, eps):
    mu, var = x.mean(0), x.var(0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta, (xhat, gamma, var, eps)


def _even_d(dout, cache):
    xhat, gamma, var, eps = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / np.sqrt(var + eps)
    return dx, (dout * xhat).sum(0), dout.sum(0)


def conv_relu_pool_forward(x, w, b, stride, pad, pool_size, pool_stride):
    a, c1 = _slide(x, w, b, stride, pad)
    s, c2 = _keep(a)
    out, c3 = _peak(s, pool_size, pool_size, pool_stride)
    return out, (c1, c2, c3)


def conv_relu_pool_backward(dout, cache):
    c1, c2, c3 = cache
    return _slide_d(_keep_d(_peak_d(dout, c3), c2), c1)


class AffineBnRelu:
    def __init__(self, W, b, gamma, beta):
        self.params = {"W": W, "b": b, "gamma": gamma, "beta": beta}
        self.grads = {}

    def forward(self, x):
        p = self.params
        a, self.fc = _mix(x, p["W"], p["b"])
        n, self.bn = _even(a, p["gamma"], p["beta"], 1e-7)
        out, self.relu = _keep(n)
        return out

    def backward(self, dout):
        da, self.grads["gamma"], self.grads["beta"] = _even_d(_keep_d(dout, self.relu), self.bn)
        dx, self.grads["W"], self.grads["b"] = _mix_d(da, self.fc)
        return dx

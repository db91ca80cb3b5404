"""Convenience layers: two or three layers in a row, made of the single ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1).dot(w) + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    rows = x.reshape(x.shape[0], -1)
    return dout.dot(w.T).reshape(x.shape), rows.T.dot(dout), dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def conv_forward(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    windows = sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None], (x, w, windows, s, p)


def conv_backward(dout, cache):
    x, w, windows, s, p = cache
    H2, W2 = dout.shape[2:]
    dxp = np.pad(np.zeros_like(x), ((0, 0), (0, 0), (p, p), (p, p)))
    for i, j in np.ndindex(w.shape[2:]):
        dxp[:, :, i : i + s * H2 : s, j : j + s * W2 : s] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
    dw = np.einsum("nfhw,nchwij->fcij", dout, windows)
    return dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


def max_pool_forward(x, pool_param):
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    windows = sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::s, ::s]
    return windows.max(axis=(4, 5)), (x, ph, pw, s)


def max_pool_backward(dout, cache):
    x, ph, pw, s = cache
    dx = np.zeros_like(x)
    for n, c, h, w in np.ndindex(dout.shape):
        window = x[n, c, h * s : h * s + ph, w * s : w * s + pw]
        i, j = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, h * s + i, w * s + j] += dout[n, c, h, w]
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    mean, var = bn_param.get("running_mean", np.zeros(x.shape[1])), bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        mu, v = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = momentum * mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * var + (1 - momentum) * v
    else:
        mu, v = mean, var
    inv = 1 / np.sqrt(v + eps)
    hat = (x - mu) * inv
    return gamma * hat + beta, (hat, gamma, inv, bn_param["mode"])


def batchnorm_backward(dout, cache):
    hat, gamma, inv, mode = cache
    g = dout * gamma
    dx = g * inv
    if mode == "train":
        dx = (g - g.mean(axis=0) - hat * (g * hat).mean(axis=0)) * inv
    return dx, (dout * hat).sum(axis=0), dout.sum(axis=0)


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    return affine_backward(da, fc_cache)


def affine_bn_relu_forward(x, w, b, gamma, beta, bn_param):
    a, fc_cache = affine_forward(x, w, b)
    n, bn_cache = batchnorm_forward(a, gamma, beta, bn_param)
    out, relu_cache = relu_forward(n)
    return out, (fc_cache, bn_cache, relu_cache)


def affine_bn_relu_backward(dout, cache):
    fc_cache, bn_cache, relu_cache = cache
    dn = relu_backward(dout, relu_cache)
    da, dgamma, dbeta = batchnorm_backward(dn, bn_cache)
    dx, dw, db = affine_backward(da, fc_cache)
    return dx, dw, db, dgamma, dbeta


def conv_relu_forward(x, w, b, conv_param):
    a, conv_cache = conv_forward(x, w, b, conv_param)
    out, relu_cache = relu_forward(a)
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout, cache):
    conv_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    return conv_backward(da, conv_cache)


def conv_relu_pool_forward(x, w, b, conv_param, pool_param):
    a, conv_cache = conv_forward(x, w, b, conv_param)
    s, relu_cache = relu_forward(a)
    out, pool_cache = max_pool_forward(s, pool_param)
    return out, (conv_cache, relu_cache, pool_cache)


def conv_relu_pool_backward(dout, cache):
    conv_cache, relu_cache, pool_cache = cache
    ds = max_pool_backward(dout, pool_cache)
    da = relu_backward(ds, relu_cache)
    return conv_backward(da, conv_cache)

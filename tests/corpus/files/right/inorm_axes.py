import numpy as np


def instance_norm_forward(x, gamma, beta, eps=1e-5):
    """x (N, C, H, W), gamma and beta (C,)"""
    mu = x.mean(axis=(2, 3), keepdims=True)
    var = x.var(axis=(2, 3), keepdims=True)
    inv = 1 / np.sqrt(var + eps)
    xhat = (x - mu) * inv
    out = gamma[None, :, None, None] * xhat + beta[None, :, None, None]
    return out, (xhat, inv, gamma)


def instance_norm_backward(dout, cache):
    xhat, inv, gamma = cache
    M = dout.shape[2] * dout.shape[3]
    dgamma = (dout * xhat).sum(axis=(0, 2, 3))
    dbeta = dout.sum(axis=(0, 2, 3))
    d = dout * gamma[None, :, None, None]
    s1 = d.sum(axis=(2, 3), keepdims=True)
    s2 = (d * xhat).sum(axis=(2, 3), keepdims=True)
    dx = inv / M * (M * d - s1 - xhat * s2)
    return dx, dgamma, dbeta

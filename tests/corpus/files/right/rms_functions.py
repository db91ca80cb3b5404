import numpy as np


def rmsnorm_forward(x, gamma, eps=1e-6):
    ms = np.mean(x ** 2, axis=-1, keepdims=True)
    inv = 1.0 / np.sqrt(ms + eps)
    xhat = x * inv
    return gamma * xhat, (xhat, inv, gamma)


def rmsnorm_backward(dout, cache):
    xhat, inv, gamma = cache
    D = dout.shape[-1]
    dgamma = np.sum(dout * xhat, axis=tuple(range(dout.ndim - 1)))
    g = dout * gamma
    dx = inv / D * (D * g - xhat * np.sum(g * xhat, axis=-1, keepdims=True))
    return dx, dgamma

import numpy as np


def sn_forward(X, gain, eps=1e-8):
    r = np.sqrt((X * X).mean(1, keepdims=True) + eps)
    cache = X, gain, eps
    return gain * X / r, cache


def sn_backward(dY, cache):
    X, gain, eps = cache
    r = np.sqrt((X * X).mean(1, keepdims=True) + eps)
    xhat = X / r
    dX = (gain * dY - xhat * (gain * dY * xhat).mean(1, keepdims=True)) / r
    dGain = (dY * xhat).sum(0)
    return dX, dGain

# The parameters in a dictionary of another name, read with a default.
import numpy as np


def scale_norm_forward(x, g, sn_param):
    eps = sn_param.get("eps", 1e-5)
    r = np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps)
    return g * (x / r), (x, g, r)


def scale_norm_backward(dout, cache):
    x, g, r = cache
    xhat = x / r
    dxhat = g * dout
    dg = np.sum(dout * xhat, axis=0)
    return (dxhat - xhat * np.mean(dxhat * xhat, axis=-1, keepdims=True)) / r, dg

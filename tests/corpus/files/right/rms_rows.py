import numpy as np


def rms_norm_forward(x, weight, rms_param):
    """Rows alone, step by step."""
    N, D = x.shape
    eps = rms_param.get("eps", 1e-5)
    square = x ** 2
    ms = square.sum(axis=1, keepdims=True) / D
    rms = np.sqrt(ms + eps)
    norm = x / rms
    out = weight * norm
    cache = (x, weight, ms, rms, norm, eps)
    return out, cache


def rms_norm_backward(dout, cache):
    x, weight, ms, rms, norm, eps = cache
    N, D = dout.shape
    dweight = (dout * norm).sum(axis=0)
    dnorm = dout * weight
    drms = -(dnorm * x).sum(axis=1, keepdims=True) / rms ** 2
    dms = 0.5 * drms / rms
    dsquare = dms / D
    dx = dnorm / rms + 2 * x * dsquare
    return dx, dweight

import numpy as np


def layer_norm_forward(inp, weight, bias):
    """inp (B, T, C), as in a transformer's block; eps is what GPT-2 has."""
    B, T, C = inp.shape
    mean = inp.sum(-1, keepdims=True) / C
    xshift = inp - mean
    var = (xshift ** 2).sum(-1, keepdims=True) / C
    rstd = (var + 1e-5) ** -0.5
    norm = xshift * rstd
    return norm * weight + bias, (inp, weight, mean, rstd)


def layer_norm_backward(dout, cache):
    inp, weight, mean, rstd = cache
    norm = (inp - mean) * rstd
    db = dout.sum((0, 1))
    dw = (dout * norm).sum((0, 1))
    dnorm = dout * weight
    dinp = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
    dinp *= rstd
    return dinp, dw, db

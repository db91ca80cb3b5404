"""Activations entry by entry, with the mathematics of the standard library."""

import math

import numpy as np


def _each(f, *arrays):
    out = np.empty_like(arrays[0])
    for i in np.ndindex(out.shape):
        out[i] = f(*(float(a[i]) for a in arrays))
    return out


def _sigmoid(v):
    if v < 0:
        return math.exp(v) / (1 + math.exp(v))
    return 1 / (1 + math.exp(-v))


def selu_forward(x, alpha=1.6732632423543772, scale=1.0507009873554805):
    out = _each(lambda v: scale * (v if v > 0 else alpha * math.expm1(v)), x)
    return out, (x, alpha, scale)


def selu_backward(dout, cache):
    x, alpha, scale = cache
    return _each(lambda d, v: d * scale * (1 if v > 0 else alpha * math.exp(v)), dout, x)


def softplus_forward(x, beta=1.0):
    out = _each(lambda v: max(v, 0.0) + math.log1p(math.exp(-beta * abs(v))) / beta, x)
    return out, (x, beta)


def softplus_backward(dout, cache):
    x, beta = cache
    return _each(lambda d, v: d * _sigmoid(beta * v), dout, x)


def gelu_forward(x, approximate=False):
    c = math.sqrt(2 / math.pi)
    if approximate:
        out = _each(lambda v: v * _sigmoid(2 * c * (v + 0.044715 * v**3)), x)
    else:
        out = _each(lambda v: v * 0.5 * math.erfc(-v / math.sqrt(2)), x)
    return out, (x, approximate)


def gelu_backward(dout, cache):
    x, approximate = cache
    c = math.sqrt(2 / math.pi)

    def slope(v):
        if approximate:
            s = _sigmoid(2 * c * (v + 0.044715 * v**3))
            return s + v * s * (1 - s) * 2 * c * (1 + 3 * 0.044715 * v**2)
        return 0.5 * math.erfc(-v / math.sqrt(2)) + v * math.exp(-0.5 * v * v) / math.sqrt(2 * math.pi)

    return _each(lambda d, v: d * slope(v), dout, x)


def hard_sigmoid_forward(x, slope=1 / 6):
    return _each(lambda v: min(max(slope * v + 0.5, 0.0), 1.0), x), (x, slope)


def hard_sigmoid_backward(dout, cache):
    x, slope = cache
    return _each(lambda d, v: d * slope if 0 < slope * v + 0.5 < 1 else 0.0, dout, x)


def hard_swish_forward(x):
    return _each(lambda v: v * min(max(v + 3, 0.0), 6.0) / 6, x), x


def hard_swish_backward(dout, x):
    def slope(v):
        if v <= -3:
            return 0.0
        return 1.0 if v >= 3 else v / 3 + 0.5

    return _each(lambda d, v: d * slope(v), dout, x)

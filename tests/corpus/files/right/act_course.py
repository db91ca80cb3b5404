"""Activations in the style of the course: a pair of functions each, with a cache."""

import math

import numpy as np


def sigmoid_forward(x):
    out = np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
    cache = out
    return out, cache


def sigmoid_backward(dout, cache):
    s = cache
    dx = dout * s * (1 - s)
    return dx


def tanh_forward(x):
    out = np.tanh(x)
    cache = (out,)
    return out, cache


def tanh_backward(dout, cache):
    (out,) = cache
    return dout * (1 - out**2)


def leaky_relu_forward(x, alpha=0.01):
    out = np.where(x > 0, x, alpha * x)
    cache = (x, alpha)
    return out, cache


def leaky_relu_backward(dout, cache):
    x, alpha = cache
    dx = dout.copy()
    dx[x <= 0] *= alpha
    return dx


def elu_forward(x, alpha=1.0):
    out = np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))
    cache = (x, out, alpha)
    return out, cache


def elu_backward(dout, cache):
    x, out, alpha = cache
    return dout * np.where(x > 0, 1, out + alpha)


def gelu_forward(x):
    phi = 0.5 * (1 + np.vectorize(math.erf)(x / np.sqrt(2)))
    out = (x * phi).astype(x.dtype)
    return out, (x, phi)


def gelu_backward(dout, cache):
    x, phi = cache
    pdf = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    return (dout * (phi + x * pdf)).astype(dout.dtype)


def swish_forward(x):
    sig = 0.5 * (1 + np.tanh(0.5 * x))
    return x * sig, (x, sig)


def swish_backward(dout, cache):
    x, sig = cache
    return dout * (sig + x * sig * (1 - sig))

"""Activations that hand their backward pass back: forward returns the output and a function of dout."""

import numpy as np


def sigmoid_forward(x):
    y = np.exp(-np.logaddexp(0, -x))

    def backward(dy):
        return dy * y * (1 - y)

    return y, backward


def tanh_forward(x):
    y = np.tanh(x)
    return y, lambda dy: dy / np.cosh(np.clip(x, -300, 300)) ** 2


def hard_swish_forward(x):
    inside = np.abs(x) < 3

    def backward(dy):
        dx = np.where(x >= 3, dy, np.zeros_like(dy))
        dx[inside] = dy[inside] * (2 * x[inside] + 3) / 6
        return dx

    return np.where(inside, x * (x + 3) / 6, np.maximum(x, 0)), backward


def sigmoid_backward(dy, pullback):
    return pullback(dy)


def tanh_backward(dy, pullback):
    return pullback(dy)


def hard_swish_backward(dy, pullback):
    return pullback(dy)

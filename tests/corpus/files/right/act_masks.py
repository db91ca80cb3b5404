"""Layers of a small framework: masks, copies, and gradients written into what was given to them."""

import numpy as np


class Layer:
    def forward(self, x, train=True):
        raise NotImplementedError

    def backward(self, grad):
        raise NotImplementedError


class LeakyReluLayer(Layer):
    def __init__(self, leak=0.01):
        self.leak = leak

    def forward(self, x, train=True):
        self.negative = x < 0
        y = x.copy()
        y[self.negative] *= self.leak
        return y

    def backward(self, grad):
        grad = grad.copy()
        grad[self.negative] *= self.leak
        return grad


class EluLayer(Layer):
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x, train=True):
        self.negative = x < 0
        y = x.copy()
        y[self.negative] = self.alpha * (np.exp(y[self.negative]) - 1)
        self.y = y
        return y

    def backward(self, grad):
        dx = np.ones_like(grad)
        dx[self.negative] = self.y[self.negative] + self.alpha
        return dx * grad


class SeluLayer(Layer):
    alpha = 1.6732632423543772848170429916717
    scale = 1.0507009873554804934193349852946

    def forward(self, x, train=True):
        self.x = x
        y = self.scale * x
        neg = x <= 0
        y[neg] = self.scale * self.alpha * (np.exp(x[neg]) - 1)
        return y

    def backward(self, grad):
        dx = self.scale * grad
        neg = self.x <= 0
        dx[neg] *= self.alpha * np.exp(self.x[neg])
        return dx


class HardSigmoidLayer(Layer):
    def forward(self, x, train=True):
        y = 0.2 * x + 0.5
        self.low, self.high = y < 0, y > 1
        y[self.low] = 0
        y[self.high] = 1
        return y

    def backward(self, grad):
        dx = 0.2 * grad
        dx[self.low | self.high] = 0
        return dx


class HardSwishLayer(Layer):
    def forward(self, x, train=True):
        self.x = x
        y = x * (x + 3) / 6
        y[x < -3] = 0
        y[x > 3] = x[x > 3]
        return y

    def backward(self, grad):
        dx = grad * (2 * self.x + 3) / 6
        dx[self.x < -3] = 0
        dx[self.x > 3] = grad[self.x > 3]
        return dx


class SwishLayer(Layer):
    def forward(self, x, train=True):
        self.x = x
        self.s = np.empty_like(x)
        pos = x >= 0
        self.s[pos] = 1 / (1 + np.exp(-x[pos]))
        e = np.exp(x[~pos])
        self.s[~pos] = e / (1 + e)
        return x * self.s

    def backward(self, grad):
        dx = 1 - self.s
        dx *= self.x
        dx += 1
        dx *= self.s
        dx *= grad
        return dx


class SoftplusLayer(Layer):
    def forward(self, x, train=True):
        self.s = 1 / (1 + np.exp(-x))
        return np.where(x > 0, x, 0) + np.log1p(np.exp(-abs(x)))

    def backward(self, grad):
        return grad * self.s

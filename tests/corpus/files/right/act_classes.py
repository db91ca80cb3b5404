"""Activation layers as classes that remember what backward needs."""

import numpy as np


class Sigmoid:
    def __init__(self):
        self.out = None

    def forward(self, x):
        # Clipped, so that exp does not overflow.
        out = 1.0 / (1.0 + np.exp(-np.clip(x, -500, 500)))
        self.out = out.astype(x.dtype)
        return self.out

    def backward(self, dout):
        dx = dout * (1.0 - self.out) * self.out
        return dx


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - np.square(self.out))


class LeakyReLU:
    def __init__(self, negative_slope=0.01):
        self.negative_slope = negative_slope

    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, self.negative_slope * x)

    def backward(self, dout):
        return np.where(self.mask, dout, self.negative_slope * dout)


class ELU:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x >= 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def backward(self, dout):
        return dout * np.where(self.x >= 0, 1, self.alpha * np.exp(np.minimum(self.x, 0)))


class SELU:
    alpha = 1.6732632423543772848170429916717
    scale = 1.0507009873554804934193349852946

    def forward(self, x):
        self.x = x
        return self.scale * (np.maximum(x, 0) + np.minimum(0, self.alpha * (np.exp(np.minimum(x, 0)) - 1)))

    def backward(self, dout):
        slope = np.ones_like(self.x)
        negative = self.x < 0
        slope[negative] = self.alpha * np.exp(self.x[negative])
        return dout * self.scale * slope


class Softplus:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))

    def backward(self, dout):
        return dout / (1 + np.exp(-np.clip(self.x, -500, None)))


class SiLU:
    def forward(self, x):
        self.x = x
        self.sigmoid = 1 / (1 + np.exp(-np.clip(x, -500, None)))
        self.out = x * self.sigmoid
        return self.out

    def backward(self, dout):
        return dout * (self.out + self.sigmoid * (1 - self.out))


class HardSigmoid:
    def forward(self, x):
        self.out = np.clip(0.2 * x + 0.5, 0, 1)
        return self.out

    def backward(self, dout):
        return 0.2 * dout * ((self.out > 0) & (self.out < 1))


class HardSwish:
    def forward(self, x):
        self.x = x
        return x * np.clip(x + 3, 0, 6) / 6

    def backward(self, dout):
        x = self.x
        slope = np.clip(x + 3, 0, 6) / 6 + x / 6 * (np.abs(x) < 3)
        return dout * slope

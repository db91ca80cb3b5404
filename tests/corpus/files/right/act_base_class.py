"""A library's activations: a base class does the passes, and each says its function and its derivative."""

import numpy as np


class Activation:
    def __init__(self):
        self.z = None

    def function(self, z):
        raise NotImplementedError

    def derivative(self, z):
        raise NotImplementedError

    def forward(self, inputs):
        self.z = inputs
        return self.function(inputs)

    def backward(self, grad_output):
        return grad_output * self.derivative(self.z)


class Sigmoid(Activation):
    def function(self, z):
        positive = z >= 0
        e = np.exp(np.where(positive, -z, z))
        return np.where(positive, 1 / (1 + e), e / (1 + e))

    def derivative(self, z):
        s = self.function(z)
        return s * (1 - s)


class Tanh(Activation):
    def function(self, z):
        e = np.exp(-2 * np.abs(z))
        return np.sign(z) * (1 - e) / (1 + e)

    def derivative(self, z):
        return 1 - self.function(z) ** 2


class LeakyReLU(Activation):
    def __init__(self, alpha=0.2):
        super().__init__()
        self.alpha = alpha

    def function(self, z):
        return np.maximum(self.alpha * z, z)

    def derivative(self, z):
        slope = np.full_like(z, self.alpha)
        slope[z > 0] = 1
        return slope


class ELU(Activation):
    def __init__(self, alpha=0.5):
        super().__init__()
        self.alpha = alpha

    def function(self, z):
        return np.where(z > 0, z, self.alpha * (np.exp(z) - 1))

    def derivative(self, z):
        return np.where(z > 0, 1, self.alpha * np.exp(z))


class GELU(Activation):
    def function(self, z):
        return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * np.power(z, 3))))

    def derivative(self, z):
        c = np.sqrt(2 / np.pi)
        t = np.tanh(c * (z + 0.044715 * z**3))
        return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * c * (1 + 3 * 0.044715 * z**2)


class Swish(Activation):
    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = beta

    def function(self, z):
        return z / (1 + np.exp(-self.beta * z))

    def derivative(self, z):
        s = 1 / (1 + np.exp(-self.beta * z))
        return self.beta * self.function(z) + s * (1 - self.beta * self.function(z))

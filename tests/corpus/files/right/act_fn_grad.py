"""Activations of a library that reshapes a vector to a row: fn and grad, called through a base class."""

from abc import ABC, abstractmethod

import numpy as np
from math import erf


class ActivationBase(ABC):
    def __init__(self, **kwargs):
        super().__init__()

    def __call__(self, z):
        if z.ndim == 1:
            z = z.reshape(1, -1)
        return self.fn(z)

    @abstractmethod
    def fn(self, z):
        raise NotImplementedError

    @abstractmethod
    def grad(self, x, **kwargs):
        raise NotImplementedError


class Sigmoid(ActivationBase):
    def fn(self, z):
        return 1 / (1 + np.exp(-z))

    def grad(self, x):
        fn_x = self.fn(x)
        return fn_x * (1 - fn_x)

    def grad2(self, x):
        fn_x = self.fn(x)
        return fn_x * (1 - fn_x) * (1 - 2 * fn_x)


class LeakyReLU(ActivationBase):
    def __init__(self, alpha=0.3):
        self.alpha = alpha
        super().__init__()

    def fn(self, z):
        _z = z.copy()
        _z[z < 0] = _z[z < 0] * self.alpha
        return _z

    def grad(self, x):
        out = np.ones_like(x)
        out[x < 0] *= self.alpha
        return out


class GELU(ActivationBase):
    def __init__(self, approximate=True):
        self.approximate = approximate
        super().__init__()

    def fn(self, z):
        pi, sqrt, tanh = np.pi, np.sqrt, np.tanh
        if self.approximate:
            return 0.5 * z * (1 + tanh(sqrt(2 / pi) * (z + 0.044715 * z**3)))
        return 0.5 * z * (1 + np.vectorize(erf)(z / sqrt(2)))

    def grad(self, x):
        pi, exp, sqrt, tanh = np.pi, np.exp, np.sqrt, np.tanh
        s = x / sqrt(2)
        erf_prime = lambda x: (2 / sqrt(pi)) * exp(-(x**2))
        if self.approximate:
            approx = tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))
            return 0.5 * (1 + approx) + 0.5 * x * (1 - approx**2) * sqrt(2 / pi) * (1 + 3 * 0.044715 * x**2)
        return 0.5 + 0.5 * np.vectorize(erf)(s) + ((0.5 * x * erf_prime(s)) / sqrt(2))


class ELU(ActivationBase):
    def __init__(self, alpha=1.0):
        self.alpha = alpha
        super().__init__()

    def fn(self, z):
        return np.where(z > 0, z, self.alpha * (np.exp(z) - 1))

    def grad(self, x):
        return np.where(x > 0, np.ones_like(x), self.alpha * np.exp(x))


class SELU(ActivationBase):
    def __init__(self):
        self.alpha = 1.6732632423543772848170429916717
        self.scale = 1.0507009873554804934193349852946
        self.elu = ELU(alpha=self.alpha)
        super().__init__()

    def fn(self, z):
        return self.scale * self.elu.fn(z)

    def grad(self, x):
        return np.where(x >= 0, np.ones_like(x) * self.scale, np.exp(x) * self.alpha * self.scale)


class HardSigmoid(ActivationBase):
    def fn(self, z):
        return np.clip((0.2 * z) + 0.5, 0.0, 1.0)

    def grad(self, x):
        return np.where((x >= -2.5) & (x <= 2.5), 0.2, 0)


class SoftPlus(ActivationBase):
    def fn(self, z):
        return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)

    def grad(self, x):
        return 1 / (1 + np.exp(-x))

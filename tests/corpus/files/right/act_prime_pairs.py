"""Each function and its derivative, `_prime`, and a dictionary to choose one by name."""

import numpy as np
from math import erf as scalar_erf

erf = np.vectorize(scalar_erf, otypes=[float])


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def tanh(z):
    return np.tanh(z)


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


def leaky_relu(z, alpha=0.01):
    return np.where(z > 0, z, alpha * z)


def leaky_relu_prime(z, alpha=0.01):
    return np.where(z > 0, 1, alpha)


def elu(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * (np.exp(z) - 1))


def elu_prime(z, alpha=1.0):
    return np.where(z >= 0, 1, alpha * np.exp(z))


def softplus(z):
    return np.logaddexp(0, z)


def softplus_prime(z):
    return sigmoid(z)


def gelu(z):
    return 0.5 * z * (1 + erf(z / np.sqrt(2)))


def gelu_prime(z):
    return 0.5 * (1 + erf(z / np.sqrt(2))) + z * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def swish(z):
    return z * sigmoid(z)


def swish_prime(z):
    return swish(z) + sigmoid(z) * (1 - swish(z))


def hard_sigmoid(z):
    return np.clip(z / 6 + 0.5, 0, 1)


def hard_sigmoid_prime(z):
    return np.where(np.abs(z) < 3, 1 / 6, 0.0)


def hard_swish(z):
    return z * np.clip(z + 3, 0, 6) / 6


def hard_swish_prime(z):
    return np.where(z <= -3, 0, np.where(z >= 3, 1, (2 * z + 3) / 6))


ACTIVATIONS = {
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "leaky_relu": (leaky_relu, leaky_relu_prime),
    "elu": (elu, elu_prime),
    "softplus": (softplus, softplus_prime),
    "gelu": (gelu, gelu_prime),
    "swish": (swish, swish_prime),
}

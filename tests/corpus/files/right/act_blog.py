"""Terse activations of a blog: backward is given what forward was given, or what it gave."""

import numpy as np


def sigmoid_forward(Z):
    return 1 / (1 + np.exp(-Z))


def sigmoid_backward(dA, Z):
    s = 1 / (1 + np.exp(-Z))
    return dA * s * (1 - s)


def tanh_forward(Z):
    return np.tanh(Z)


def tanh_backward(dA, A):
    return dA * (1 - A * A)


def leaky_relu_forward(Z, slope=0.01):
    return Z * (Z > 0) + slope * Z * (Z <= 0)


def leaky_relu_backward(dA, Z, slope=0.01):
    return dA * ((Z > 0) + slope * (Z <= 0))


def elu_forward(Z, alpha=1):
    return np.where(Z > 0, Z, alpha * np.expm1(np.minimum(Z, 0)))


def elu_backward(dA, Z, alpha=1):
    return dA * np.where(Z > 0, 1.0, alpha * np.exp(np.minimum(Z, 0)))


def selu_forward(Z):
    return 1.0507 * np.where(Z > 0, Z, 1.6733 * np.expm1(np.minimum(Z, 0)))


def selu_backward(dA, Z):
    return dA * 1.0507 * np.where(Z > 0, 1.0, 1.6733 * np.exp(np.minimum(Z, 0)))


def softplus_forward(Z):
    return np.logaddexp(0, Z)


def softplus_backward(dA, Z):
    return dA / (1 + np.exp(-Z))


def gelu_forward(Z):
    return 0.5 * Z * (1 + np.tanh(np.sqrt(2 / np.pi) * Z * (1 + 0.044715 * Z * Z)))


def gelu_backward(dA, Z):
    u = np.sqrt(2 / np.pi) * Z * (1 + 0.044715 * Z * Z)
    t = np.tanh(u)
    du = np.sqrt(2 / np.pi) * (1 + 0.134145 * Z * Z)
    return dA * 0.5 * (1 + t + Z * (1 - t * t) * du)


def hard_sigmoid_forward(Z):
    return np.maximum(0, np.minimum(1, (Z + 3) / 6))


def hard_sigmoid_backward(dA, Z):
    return dA * np.where((Z > -3) & (Z < 3), 1 / 6, 0)

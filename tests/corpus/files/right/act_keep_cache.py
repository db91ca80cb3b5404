"""Course of deep learning: A and a cache of Z; backward is given dA and the cache."""

import numpy as np


def sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))
    cache = Z
    return A, cache


def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    assert dZ.shape == Z.shape
    return dZ


def tanh(Z):
    A = np.tanh(Z)
    return A, Z


def tanh_backward(dA, cache):
    Z = cache
    return dA * (1 - np.power(np.tanh(Z), 2))


def leaky_relu(Z):
    A = np.maximum(0.01 * Z, Z)
    cache = Z
    return A, cache


def leaky_relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0.01 * dA[Z <= 0]
    return dZ


def elu(Z, alpha=1.0):
    A = np.where(Z > 0, Z, alpha * (np.exp(Z) - 1))
    return A, (Z, A, alpha)


def elu_backward(dA, cache):
    Z, A, alpha = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] *= (A + alpha)[Z <= 0]
    return dZ


def selu(Z, alpha=1.67326324, scale=1.05070098):
    A = scale * np.where(Z > 0, Z, alpha * (np.exp(Z) - 1))
    return A, (Z, alpha, scale)


def selu_backward(dA, cache):
    Z, alpha, scale = cache
    return dA * scale * np.where(Z > 0, 1, alpha * np.exp(Z))


def softplus(Z):
    A = np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z)))
    return A, Z


def softplus_backward(dA, cache):
    Z = cache
    return dA * sigmoid(Z)[0]


def gelu(Z):
    c = np.sqrt(2 / np.pi)
    A = 0.5 * Z * (1 + np.tanh(c * (Z + 0.044715 * Z**3)))
    return A, Z


def gelu_backward(dA, cache):
    Z = cache
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (Z + 0.044715 * Z**3))
    dZ = 0.5 * (1 + t) + 0.5 * Z * (1 - t**2) * c * (1 + 3 * 0.044715 * Z**2)
    return dA * dZ


def swish(Z, beta=1.0):
    s = sigmoid(beta * Z)[0]
    return Z * s, (Z, s, beta)


def swish_backward(dA, cache):
    Z, s, beta = cache
    return dA * (s + beta * Z * s * (1 - s))


def hard_sigmoid(Z):
    A = np.clip(0.2 * Z + 0.5, 0, 1)
    return A, Z


def hard_sigmoid_backward(dA, cache):
    Z = cache
    dZ = 0.2 * dA
    dZ[Z < -2.5] = 0
    dZ[Z > 2.5] = 0
    return dZ


def hard_swish(Z):
    A = Z * np.minimum(np.maximum(Z + 3, 0), 6) / 6
    return A, Z


def hard_swish_backward(dA, cache):
    Z = cache
    slope = (Z > -3) * (Z < 3) * (Z / 3 + 0.5) + (Z >= 3)
    return dA * slope

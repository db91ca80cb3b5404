import numpy as np
from math import sqrt


def bn_forward(x, gamma, beta, running_mean, running_var, mode="train", eps=1e-5, momentum=0.9):
    n, d = x.shape
    y = np.zeros((n, d), dtype=x.dtype)
    xhat = np.zeros((n, d), dtype=x.dtype)
    inv = np.zeros(d, dtype=x.dtype)
    for j in range(d):
        if mode == "train":
            total = 0.0
            for i in range(n):
                total += x[i, j]
            mean = total / n
            total = 0.0
            for i in range(n):
                total += (x[i, j] - mean) * (x[i, j] - mean)
            variance = total / n
            running_mean[j] = momentum * running_mean[j] + (1 - momentum) * mean
            running_var[j] = momentum * running_var[j] + (1 - momentum) * variance
        else:
            mean, variance = running_mean[j], running_var[j]
        inv[j] = 1 / sqrt(variance + eps)
        for i in range(n):
            xhat[i, j] = (x[i, j] - mean) * inv[j]
            y[i, j] = gamma[j] * xhat[i, j] + beta[j]
    return y, (mode, xhat, inv, gamma)


def bn_backward(dy, cache):
    mode, xhat, inv, gamma = cache
    n, d = dy.shape
    dx = np.zeros_like(dy)
    dgamma = np.zeros_like(gamma)
    dbeta = np.zeros_like(gamma)
    for j in range(d):
        for i in range(n):
            dgamma[j] += dy[i, j] * xhat[i, j]
            dbeta[j] += dy[i, j]
        for i in range(n):
            if mode == "train":
                dx[i, j] = gamma[j] * inv[j] / n * (n * dy[i, j] - dbeta[j] - xhat[i, j] * dgamma[j])
            else:
                dx[i, j] = gamma[j] * inv[j] * dy[i, j]
    return dx, dgamma, dbeta

import numpy as np


def forward_rmsnorm(x, g, epsilon=1e-8):
    n, d = x.shape
    y = np.zeros_like(x)
    inv = np.zeros(n, dtype=x.dtype)
    for i in range(n):
        total = 0.0
        for j in range(d):
            total += x[i, j] * x[i, j]
        inv[i] = 1 / np.sqrt(total / d + epsilon)
        for j in range(d):
            y[i, j] = g[j] * x[i, j] * inv[i]
    return y, (x, g, inv)


def backward_rmsnorm(dy, cache):
    x, g, inv = cache
    n, d = x.shape
    dx = np.zeros_like(x)
    dg = np.zeros_like(g)
    for i in range(n):
        dot = 0.0
        for j in range(d):
            dg[j] += dy[i, j] * x[i, j] * inv[i]
            dot += dy[i, j] * g[j] * x[i, j]
        for j in range(d):
            dx[i, j] = inv[i] * dy[i, j] * g[j] - x[i, j] * dot * inv[i] ** 3 / d
    return dx, dg

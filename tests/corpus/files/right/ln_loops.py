import numpy as np


def forward_layernorm(x, scale, shift, epsilon=1e-8):
    n, d = x.shape
    out = np.zeros_like(x)
    xhat = np.zeros_like(x)
    inv = np.zeros(n, dtype=x.dtype)
    for i in range(n):
        total = 0.0
        for j in range(d):
            total += x[i, j]
        mean = total / d
        total = 0.0
        for j in range(d):
            total += (x[i, j] - mean) ** 2
        variance = total / d
        inv[i] = 1 / np.sqrt(variance + epsilon)
        for j in range(d):
            xhat[i, j] = (x[i, j] - mean) * inv[i]
            out[i, j] = scale[j] * xhat[i, j] + shift[j]
    return out, {"xhat": xhat, "inv": inv, "scale": scale}


def backward_layernorm(dy, memory):
    xhat, inv, scale = memory["xhat"], memory["inv"], memory["scale"]
    n, d = dy.shape
    dx = np.zeros_like(dy)
    dscale = np.zeros_like(scale)
    dshift = np.zeros_like(scale)
    for i in range(n):
        a = 0.0
        b = 0.0
        for j in range(d):
            g = dy[i, j] * scale[j]
            a += g
            b += g * xhat[i, j]
            dscale[j] += dy[i, j] * xhat[i, j]
            dshift[j] += dy[i, j]
        for j in range(d):
            dx[i, j] = inv[i] * (dy[i, j] * scale[j] - a / d - xhat[i, j] * b / d)
    return dx, dscale, dshift

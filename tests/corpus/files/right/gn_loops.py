import numpy as np


def group_norm_forward(x, gamma, beta, num_groups, eps=1e-5):
    """gamma, beta: (C,)"""
    n, c, h, w = x.shape
    size = c // num_groups
    out = np.empty_like(x)
    xhat = np.empty_like(x)
    inv = np.empty((n, num_groups), dtype=x.dtype)
    for i in range(n):
        for g in range(num_groups):
            first = g * size
            block = x[i, first:first + size]
            mean = block.mean()
            inv[i, g] = 1 / np.sqrt(((block - mean) ** 2).mean() + eps)
            for j in range(first, first + size):
                xhat[i, j] = (x[i, j] - mean) * inv[i, g]
                out[i, j] = gamma[j] * xhat[i, j] + beta[j]
    return out, (xhat, inv, gamma, num_groups)


def group_norm_backward(dout, cache):
    xhat, inv, gamma, num_groups = cache
    n, c, h, w = dout.shape
    size = c // num_groups
    count = size * h * w
    dx = np.zeros_like(dout)
    dgamma = np.zeros_like(gamma)
    dbeta = np.zeros_like(gamma)
    for i in range(n):
        for g in range(num_groups):
            s1 = 0.0
            s2 = 0.0
            for j in range(g * size, (g + 1) * size):
                dgamma[j] += (dout[i, j] * xhat[i, j]).sum()
                dbeta[j] += dout[i, j].sum()
                s1 += gamma[j] * dout[i, j].sum()
                s2 += gamma[j] * (dout[i, j] * xhat[i, j]).sum()
            for j in range(g * size, (g + 1) * size):
                dx[i, j] = inv[i, g] * (gamma[j] * dout[i, j] - s1 / count - xhat[i, j] * s2 / count)
    return dx, dgamma, dbeta

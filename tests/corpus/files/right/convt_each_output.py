"""Every output by itself: which pixels reach it, and through which entry of the kernel."""

import numpy as np


def reaching(at, count, size, stride, pad):
    """(pixel, entry of the kernel) for each pixel that reaches the output at this place."""
    pairs = []
    for pixel in range(count):
        entry = at + pad - pixel * stride
        if 0 <= entry < size:
            pairs.append((pixel, entry))
    return pairs


def deconv2d_forward(X, kernel, bias, stride, pad, output_padding=0):
    batch, channels, rows, cols = X.shape
    _, maps, kr, kc = kernel.shape
    out = np.empty((batch, maps, (rows - 1) * stride - 2 * pad + kr + output_padding,
                    (cols - 1) * stride - 2 * pad + kc + output_padding), dtype=X.dtype)
    for u in range(out.shape[2]):
        for v in range(out.shape[3]):
            total = np.tile(bias, (batch, 1))
            for r, i in reaching(u, rows, kr, stride, pad):
                for c, j in reaching(v, cols, kc, stride, pad):
                    total = total + X[:, :, r, c] @ kernel[:, :, i, j]
            out[:, :, u, v] = total
    return out, (X, kernel, stride, pad)


def deconv2d_backward(grad_out, cache):
    X, kernel, stride, pad = cache
    rows, cols = X.shape[2:]
    kr, kc = kernel.shape[2:]
    grad_X, grad_kernel = np.zeros_like(X), np.zeros_like(kernel)
    grad_bias = np.zeros(kernel.shape[1], dtype=grad_out.dtype)
    for u in range(grad_out.shape[2]):
        for v in range(grad_out.shape[3]):
            g = grad_out[:, :, u, v]
            grad_bias += g.sum(axis=0)
            for r, i in reaching(u, rows, kr, stride, pad):
                for c, j in reaching(v, cols, kc, stride, pad):
                    grad_X[:, :, r, c] += g @ kernel[:, :, i, j].T
                    grad_kernel[:, :, i, j] += X[:, :, r, c].T @ g
    return grad_X, grad_kernel, grad_bias

"""A transposed convolution is the product with the transpose of a convolution's matrix."""

import numpy as np


def conv_matrix(kernel, in_shape, stride, pad):
    """(out_h * out_w, in_h * in_w): one row for every window of a padded map."""
    (kh, kw), (h, w) = kernel.shape, in_shape
    oh, ow = (h + 2 * pad - kh) // stride + 1, (w + 2 * pad - kw) // stride + 1
    rows = np.zeros((oh, ow, h + 2 * pad, w + 2 * pad), dtype=kernel.dtype)
    for i in range(oh):
        for j in range(ow):
            rows[i, j, i * stride:i * stride + kh, j * stride:j * stride + kw] = kernel
    return rows[:, :, pad:pad + h, pad:pad + w].reshape(oh * ow, h * w)


class TransposedConv2D:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0):
        self.kernel_size = (kernel_size, kernel_size) if np.isscalar(kernel_size) else tuple(kernel_size)
        self.stride, self.padding, self.output_padding = stride, padding, output_padding
        self.params = {
            'W': np.random.randn(in_channels, out_channels, *self.kernel_size) * 0.1,
            'b': np.zeros(out_channels),
        }
        self.grads = {}

    def forward(self, x):
        W, b = self.params['W'], self.params['b']
        self.x = x
        sizes = [(n - 1) * self.stride - 2 * self.padding + k + self.output_padding
                 for n, k in zip(x.shape[2:], self.kernel_size)]
        self.size = tuple(sizes)
        self.matrices = [[conv_matrix(kernel, self.size, self.stride, self.padding) for kernel in of_channel]
                         for of_channel in W]
        flat = x.reshape(x.shape[0], x.shape[1], -1)
        out = np.zeros((x.shape[0], len(b), sizes[0] * sizes[1]), dtype=x.dtype)
        for c, of_channel in enumerate(self.matrices):
            for f, matrix in enumerate(of_channel):
                out[:, f] += flat[:, c] @ matrix
        return out.reshape(x.shape[0], len(b), *sizes) + b[:, None, None]

    def backward(self, dout):
        W = self.params['W']
        flat = dout.reshape(dout.shape[0], dout.shape[1], -1)
        dx = np.zeros((*self.x.shape[:2], self.x.shape[2] * self.x.shape[3]), dtype=dout.dtype)
        dW = np.zeros_like(W)
        p, s, (kh, kw) = self.padding, self.stride, self.kernel_size
        around = np.pad(dout, ((0, 0), (0, 0), (p, p), (p, p)))
        for c, of_channel in enumerate(self.matrices):
            for f, matrix in enumerate(of_channel):
                dx[:, c] += flat[:, f] @ matrix.T
                for i in range(self.x.shape[2]):
                    for j in range(self.x.shape[3]):
                        window = around[:, f, i * s:i * s + kh, j * s:j * s + kw]
                        dW[c, f] += (self.x[:, c, i, j][:, None, None] * window).sum(axis=0)
        self.grads = {'W': dW, 'b': dout.sum(axis=3).sum(axis=2).sum(axis=0)}
        return dx.reshape(self.x.shape)

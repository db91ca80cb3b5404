import numpy as np


class ConvLayer:
    """Stride 1, and zeros around the image so that it keeps its size. For odd kernels."""

    def __init__(self, in_channels, out_channels, kernel_size):
        self.k = kernel_size
        self.half = kernel_size // 2
        self.kernels = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) / kernel_size**2
        self.biases = np.zeros(out_channels)

    def forward(self, x):
        p, k = self.half, self.k
        self.x_shape = x.shape
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        n, _, h, w = self.padded.shape
        out = np.zeros((n, len(self.kernels), h - k + 1, w - k + 1), dtype=x.dtype)
        for i in range(k):
            for j in range(k):
                shifted = self.padded[:, :, i:i + h - k + 1, j:j + w - k + 1]
                out += np.einsum("nchw,fc->nfhw", shifted, self.kernels[:, :, i, j])
        return out + self.biases.reshape(1, -1, 1, 1)

    def backward(self, grad):
        p, k = self.half, self.k
        d_padded = np.zeros_like(self.padded)
        d_kernels = np.zeros_like(self.kernels)
        h, w = grad.shape[2:]
        for i in range(k):
            for j in range(k):
                shifted = self.padded[:, :, i:i + h, j:j + w]
                d_kernels[:, :, i, j] = np.einsum("nfhw,nchw->fc", grad, shifted)
                d_padded[:, :, i:i + h, j:j + w] += np.einsum("nfhw,fc->nchw", grad, self.kernels[:, :, i, j])
        d_x = d_padded[:, :, p:p + self.x_shape[2], p:p + self.x_shape[3]]
        return d_x, {"kernels": d_kernels, "biases": grad.sum(axis=(0, 2, 3))}

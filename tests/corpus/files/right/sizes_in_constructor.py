import numpy as np


class Conv2D:
    """ A 2D Convolution Layer. """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size, kernel_size)
        self.kernel_size = kernel_size
        self.stride, self.padding = stride, padding
        limit = 1 / np.sqrt(in_channels * kernel_size[0] * kernel_size[1])
        self.W = np.random.uniform(-limit, limit, (out_channels, in_channels) + tuple(kernel_size))
        self.b = np.zeros(out_channels)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def _indices(self, shape):
        _, C, H, W = shape
        kh, kw = self.kernel_size
        oh = (H + 2 * self.padding - kh) // self.stride + 1
        ow = (W + 2 * self.padding - kw) // self.stride + 1
        i = np.tile(np.repeat(np.arange(kh), kw), C).reshape(-1, 1) + self.stride * np.repeat(np.arange(oh), ow)
        j = np.tile(np.arange(kw), kh * C).reshape(-1, 1) + self.stride * np.tile(np.arange(ow), oh)
        k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)
        return k, i, j, oh, ow

    def forward_pass(self, X, training=True):
        p = self.padding
        k, i, j, oh, ow = self._indices(X.shape)
        self.shape = X.shape
        padded = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
        self.cols = padded[:, k, i, j]                      # (N, C*kh*kw, oh*ow)
        out = self.W.reshape(len(self.W), -1) @ self.cols + self.b.reshape(-1, 1)
        return out.reshape(X.shape[0], -1, oh, ow)

    def backward_pass(self, accum_grad):
        N, C, H, W = self.shape
        p = self.padding
        k, i, j, oh, ow = self._indices(self.shape)
        g = accum_grad.reshape(N, len(self.W), -1)
        self.dW = np.einsum("nfp,nkp->fk", g, self.cols).reshape(self.W.shape)
        self.db = g.sum(axis=(0, 2))
        dcols = self.W.reshape(len(self.W), -1).T @ g
        dpadded = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=accum_grad.dtype)
        np.add.at(dpadded, (slice(None), k, i, j), dcols)
        return dpadded[:, :, p:H + p, p:W + p]

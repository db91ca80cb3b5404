import numpy as np


class Module:
    def __init__(self):
        self._saved = {}

    def save(self, **arrays):
        self._saved.update(arrays)

    def saved(self, *names):
        return [self._saved[name] for name in names]


def unfold(x, kernel, stride):
    """(N, C, H, W) -> (N, L, C*kh*kw), window after window"""
    kh, kw = kernel
    n, c, h, w = x.shape
    tops, lefts = range(0, h - kh + 1, stride), range(0, w - kw + 1, stride)
    return np.stack([x[:, :, t:t + kh, l:l + kw].reshape(n, -1) for t in tops for l in lefts], axis=1)


def fold(columns, shape, kernel, stride):
    """The adjoint of unfold."""
    kh, kw = kernel
    n, c, h, w = shape
    image = np.zeros(shape, dtype=columns.dtype)
    at = 0
    for t in range(0, h - kh + 1, stride):
        for l in range(0, w - kw + 1, stride):
            image[:, :, t:t + kh, l:l + kw] += columns[:, at].reshape(n, c, kh, kw)
            at += 1
    return image


class Conv2d(Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = np.random.randn(out_channels, in_channels, *kernel_size) * 0.01
        self.bias = np.zeros(out_channels)
        self.weight_grad = None
        self.bias_grad = None

    def forward(self, x):
        p, (kh, kw) = self.padding, self.kernel_size
        x = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
        columns = unfold(x, self.kernel_size, self.stride)
        self.save(columns=columns, shape=x.shape)
        y = columns @ self.weight.reshape(self.weight.shape[0], -1).T + self.bias
        rows = (x.shape[2] - kh) // self.stride + 1
        return y.transpose(0, 2, 1).reshape(x.shape[0], -1, rows, y.shape[1] // rows)

    def backward(self, dy):
        columns, shape = self.saved("columns", "shape")
        n, f = dy.shape[:2]
        dy = dy.reshape(n, f, -1).transpose(0, 2, 1)
        self.weight_grad = sum(g.T @ c for g, c in zip(dy, columns)).reshape(self.weight.shape)
        self.bias_grad = dy.sum(axis=(0, 1))
        dx = fold(dy @ self.weight.reshape(f, -1), shape, self.kernel_size, self.stride)
        p = self.padding
        return dx[:, :, p:shape[2] - p, p:shape[3] - p]

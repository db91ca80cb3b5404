import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class AvgPool2d:
    """The arguments of torch.nn.AvgPool2d."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride = self.kernel_size[0] if stride is None else stride
        self.padding = padding
        self.count_include_pad = count_include_pad

    def _windows(self, a):
        p = self.padding
        a = np.pad(a, [(0, 0)] * (a.ndim - 2) + [(p, p), (p, p)])
        views = sliding_window_view(a, self.kernel_size, axis=(-2, -1))
        return views[..., ::self.stride, ::self.stride, :, :]

    def __call__(self, x):
        self.shape = x.shape
        ones = np.ones(x.shape[2:], dtype=x.dtype)
        kh, kw = self.kernel_size
        self.count = kh * kw if self.count_include_pad else self._windows(ones).sum(axis=(-2, -1))
        return self._windows(x).sum(axis=(-2, -1)) / self.count

    def backward(self, grad):
        grad = grad / self.count
        p, (kh, kw) = self.padding, self.kernel_size
        n, c, h, w = self.shape
        out = np.zeros((n, c, h + 2 * p, w + 2 * p), dtype=grad.dtype)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                r, s = i * self.stride, j * self.stride
                out[:, :, r:r + kh, s:s + kw] += grad[:, :, i, j, None, None]
        return out[:, :, p:p + h, p:p + w]

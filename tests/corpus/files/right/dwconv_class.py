import numpy as np


class DepthwiseConv2d:
    """One k x k filter per channel; weight (C, 1, k, k)."""

    def __init__(self, in_channels, kernel_size, stride=1, padding=0):
        kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride, self.padding = stride, padding
        self.weight = np.random.randn(in_channels, 1, kh, kw) * np.sqrt(2.0 / (kh * kw))
        self.bias = np.zeros(in_channels)

    def forward(self, x):
        p, s = self.padding, self.stride
        self.x = x
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        kh, kw = self.weight.shape[2:]
        self.windows = np.lib.stride_tricks.sliding_window_view(self.xp, (kh, kw), axis=(2, 3))[:, :, ::s, ::s]
        return np.einsum('nchwij,cij->nchw', self.windows, self.weight[:, 0]) + self.bias[None, :, None, None]

    def backward(self, grad_output):
        p, s = self.padding, self.stride
        kh, kw = self.weight.shape[2:]
        oh, ow = grad_output.shape[2:]
        self.dweight = np.einsum('nchw,nchwij->cij', grad_output, self.windows)[:, None]
        self.dbias = grad_output.sum(axis=(0, 2, 3))
        dxp = np.zeros_like(self.xp)
        for i in range(kh):
            for j in range(kw):
                dxp[:, :, i:i + s * oh:s, j:j + s * ow:s] += grad_output * self.weight[None, :, 0, i, j, None, None]
        h, w = self.x.shape[2:]
        return dxp[:, :, p:p + h, p:p + w]

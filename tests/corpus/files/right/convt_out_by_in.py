import numpy as np


class ConvTranspose2d:
    """Its weights are those of a Conv2d from in_channels to out_channels: (out_channels, in_channels, k, k)."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        k = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride, self.padding, self.k = stride, padding, k
        self.weight = np.random.uniform(-0.1, 0.1, (out_channels, in_channels, *k))
        self.bias = np.zeros(out_channels)
        self.weight_grad, self.bias_grad = None, None

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        s, p, (kh, kw) = self.stride, self.padding, self.k
        self.x = x
        b, _, h, w = x.shape
        full = np.zeros((b, len(self.weight), (h - 1) * s + kh, (w - 1) * s + kw), dtype=x.dtype)
        for i in range(kh):
            for j in range(kw):
                full[:, :, i:i + (h - 1) * s + 1:s, j:j + (w - 1) * s + 1:s] += np.einsum(
                    'bchw,oc->bohw', x, self.weight[:, :, i, j])
        rows, cols = full.shape[2:]
        return full[:, :, p:rows - p, p:cols - p] + self.bias[None, :, None, None]

    def backward(self, grad):
        s, p, (kh, kw) = self.stride, self.padding, self.k
        h, w = self.x.shape[2:]
        full = np.pad(grad, ((0, 0), (0, 0), (p, p), (p, p)))
        self.weight_grad, dx = np.zeros_like(self.weight), np.zeros_like(self.x)
        for i in range(kh):
            for j in range(kw):
                part = full[:, :, i:i + (h - 1) * s + 1:s, j:j + (w - 1) * s + 1:s]
                dx += np.einsum('bohw,oc->bchw', part, self.weight[:, :, i, j])
                self.weight_grad[:, :, i, j] = np.einsum('bohw,bchw->oc', part, self.x)
        self.bias_grad = grad.sum(axis=(0, 2, 3))
        return dx

import numpy as np


class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_h, self.kernel_w = kernel_size
        self.stride = stride
        self.padding = padding

        scale = np.sqrt(2.0 / (in_channels * self.kernel_h * self.kernel_w))
        self.W = np.random.randn(out_channels, in_channels, self.kernel_h, self.kernel_w) * scale
        self.b = np.zeros(out_channels)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, x):
        n, _, h, w = x.shape
        (sh, sw), (ph, pw) = self.stride, self.padding
        self.x_shape = x.shape
        self.x_pad = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), mode="constant")
        self.h_out = (h + 2 * ph - self.kernel_h) // sh + 1
        self.w_out = (w + 2 * pw - self.kernel_w) // sw + 1
        out = np.zeros((n, self.out_channels, self.h_out, self.w_out), dtype=x.dtype)
        for i in range(self.h_out):
            for j in range(self.w_out):
                patch = self.x_pad[:, :, i * sh:i * sh + self.kernel_h, j * sw:j * sw + self.kernel_w]
                out[:, :, i, j] = np.einsum("ncij,fcij->nf", patch, self.W) + self.b
        return out

    def backward(self, dout):
        (sh, sw), (ph, pw) = self.stride, self.padding
        _, _, h, w = self.x_shape
        dx_pad = np.zeros_like(self.x_pad)
        self.dW = np.zeros_like(self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        for i in range(self.h_out):
            for j in range(self.w_out):
                rows = slice(i * sh, i * sh + self.kernel_h)
                cols = slice(j * sw, j * sw + self.kernel_w)
                self.dW += np.einsum("nf,ncij->fcij", dout[:, :, i, j], self.x_pad[:, :, rows, cols])
                dx_pad[:, :, rows, cols] += np.einsum("nf,fcij->ncij", dout[:, :, i, j], self.W)
        return dx_pad[:, :, ph:ph + h, pw:pw + w]

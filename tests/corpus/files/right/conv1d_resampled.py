import numpy as np


class Upsample1d:
    def __init__(self, factor):
        self.factor = factor

    def forward(self, A, width):
        Z = np.zeros((A.shape[0], A.shape[1], width), dtype=A.dtype)
        Z[:, :, ::self.factor] = A
        return Z


class Conv1d:
    """A convolution of stride 1, of which every stride-th column is kept."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, weight_init_fn=None, bias_init_fn=None):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.pad = kernel_size, stride, padding
        if weight_init_fn is None:
            self.W = np.random.normal(0, 1.0, (out_channels, in_channels, kernel_size))
        else:
            self.W = weight_init_fn(out_channels, in_channels, kernel_size)
        self.b = np.zeros(out_channels) if bias_init_fn is None else bias_init_fn(out_channels)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = np.zeros(self.b.shape)

    def forward(self, A):
        self.A = np.pad(A, ((0, 0), (0, 0), (self.pad, self.pad)), mode='constant')
        output_size = self.A.shape[2] - self.kernel_size + 1
        Z = np.zeros((A.shape[0], self.out_channels, output_size), dtype=A.dtype)
        for i in range(output_size):
            segment = self.A[:, :, i:i + self.kernel_size]
            Z[:, :, i] = np.tensordot(segment, self.W, axes=([1, 2], [1, 2])) + self.b
        return Z[:, :, ::self.stride]

    def backward(self, dLdZ):
        input_size = self.A.shape[2]
        full = Upsample1d(self.stride).forward(dLdZ, input_size - self.kernel_size + 1)
        self.dLdb = np.sum(full, axis=(0, 2))
        self.dLdW = np.zeros_like(self.W)
        for k in range(self.kernel_size):
            self.dLdW[:, :, k] = np.tensordot(full, self.A[:, :, k:k + full.shape[2]], axes=([0, 2], [0, 2]))
        padded = np.pad(full, ((0, 0), (0, 0), (self.kernel_size - 1, self.kernel_size - 1)), mode='constant')
        flipped = np.flip(self.W, axis=2)
        dLdA = np.zeros(self.A.shape, dtype=dLdZ.dtype)
        for i in range(input_size):
            dLdA[:, :, i] = np.tensordot(padded[:, :, i:i + self.kernel_size], flipped, axes=([1, 2], [0, 2]))
        return dLdA[:, :, self.pad:input_size - self.pad]

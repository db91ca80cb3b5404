import numpy as np


class Conv2D:
    """Its input channels are not told: the weights are made when the first images come."""

    def __init__(self, num_filters, kernel_size, stride=1, padding=0):
        self.num_filters = num_filters
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weights = None
        self.biases = None

    def initialize(self, channels):
        kh, kw = self.kernel_size
        self.weights = np.random.randn(self.num_filters, channels, kh, kw) * np.sqrt(2 / (channels * kh * kw))
        self.biases = np.zeros((self.num_filters, 1, 1))
        self.channels = channels

    def forward(self, x):
        if self.weights is None:
            self.initialize(x.shape[1])
        (kh, kw), s, p = self.kernel_size, self.stride, self.padding
        self.x = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
        h_out = (self.x.shape[2] - kh) // s + 1
        w_out = (self.x.shape[3] - kw) // s + 1
        windows = np.lib.stride_tricks.sliding_window_view(self.x, (kh, kw), axis=(2, 3))
        self.windows = windows[:, :, ::s, ::s][:, :, :h_out, :w_out]
        return np.einsum("nchwij,fcij->nfhw", self.windows, self.weights) + self.biases

    def backward(self, grad):
        (kh, kw), s, p = self.kernel_size, self.stride, self.padding
        self.grad_weights = np.einsum("nfhw,nchwij->fcij", grad, self.windows)
        self.grad_biases = grad.sum(axis=(0, 2, 3))[::-1].reshape(self.biases.shape)
        dx = np.zeros_like(self.x)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                part = np.einsum("nf,fcij->ncij", grad[:, :, i, j], self.weights)
                dx[:, :, i * s:i * s + kh, j * s:j * s + kw] += part
        return dx[:, :, p:dx.shape[2] - p, p:dx.shape[3] - p]

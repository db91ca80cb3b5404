import numpy as np


class Conv1D:
    """The output is as long as the input: kernel // 2 zeros at both ends."""

    def __init__(self, filters, kernel_size, input_channels):
        self.weights = np.random.normal(size=(filters, input_channels, kernel_size))
        self.bias = np.zeros(filters)
        self.half = kernel_size // 2

    def forward(self, data):
        self.data = np.pad(data, [(0, 0)] * 2 + [(self.half, self.half)])
        taps = self.weights.shape[2]
        length = data.shape[2] if taps % 2 else data.shape[2] + 1
        result = np.zeros((data.shape[0], self.weights.shape[0], length), dtype=data.dtype)
        for tap in range(taps):
            for f, filt in enumerate(self.weights):
                for channel in range(data.shape[1]):
                    result[:, f] += filt[channel, tap] * self.data[:, channel, tap:tap + length]
        return result + self.bias[:, None]

    def backward(self, grad):
        taps, length = self.weights.shape[2], grad.shape[2]
        self.grad_weights, grad_data = np.zeros_like(self.weights), np.zeros_like(self.data)
        for tap in range(taps):
            for f, filt in enumerate(self.weights):
                for channel in range(self.data.shape[1]):
                    seen = self.data[:, channel, tap:tap + length]
                    self.grad_weights[f, channel, tap] = (grad[:, f] * seen).sum()
                    grad_data[:, channel, tap:tap + length] += filt[channel, tap] * grad[:, f]
        self.grad_bias = grad.sum(axis=-1).sum(axis=0)
        return grad_data[:, :, self.half:grad_data.shape[2] - self.half]

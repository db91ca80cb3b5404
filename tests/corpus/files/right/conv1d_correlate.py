"""One channel of one sequence at a time, by what NumPy has for it."""

import numpy as np


class TemporalConv:
    def __init__(self, kernels, biases, step=1, zero_padding=0):
        self.kernels, self.biases = kernels, biases
        self.step, self.zero_padding = step, zero_padding

    def forward(self, inputs):
        p = self.zero_padding
        self.inputs = [[np.concatenate([np.zeros(p, row.dtype), row, np.zeros(p, row.dtype)]) for row in one]
                       for one in inputs]
        maps = []
        for one in self.inputs:
            maps.append([sum(np.correlate(row, k, 'valid') for row, k in zip(one, kernel)) + bias
                         for kernel, bias in zip(self.kernels, self.biases)])
        self.full = np.array(maps)
        return self.full[:, :, ::self.step].astype(inputs.dtype)

    def backward(self, grad):
        upsampled = np.zeros_like(self.full)
        upsampled[:, :, ::self.step] = grad
        p, (count, channels) = self.zero_padding, (len(self.inputs), len(self.inputs[0]))
        length = len(self.inputs[0][0])
        d_inputs = np.zeros((count, channels, length), dtype=grad.dtype)
        self.d_kernels = np.zeros_like(self.kernels)
        self.d_biases = np.array([upsampled[:, f].sum() for f in range(len(self.biases))], dtype=grad.dtype)
        for n in range(count):
            for f, kernel in enumerate(self.kernels):
                for c in range(channels):
                    self.d_kernels[f, c] += np.correlate(self.inputs[n][c], upsampled[n, f], 'valid')
                    d_inputs[n, c] += np.convolve(upsampled[n, f], kernel[c], 'full')
        return d_inputs[:, :, p:length - p]

"""A layer after Keras' manner, with channels first."""
import numpy as np


class Layer:
    def __init__(self):
        self.built = False
        self.gradients = {}

    def __call__(self, inputs):
        return self.forward(inputs)


class Conv2D(Layer):
    def __init__(self, filters, kernel_size, strides=(1, 1), padding=0):
        super().__init__()
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.padding = padding

    def build(self, input_shape):
        channels = input_shape[1]
        fan_in = channels * self.kernel_size[0] * self.kernel_size[1]
        limit = np.sqrt(6.0 / (fan_in + self.filters))
        self.kernel = np.random.uniform(-limit, limit, (self.filters, channels) + tuple(self.kernel_size))
        self.bias = np.zeros((self.filters,))
        self.built = True

    def compute_output_shape(self, input_shape):
        rows = (input_shape[2] + 2 * self.padding - self.kernel_size[0]) // self.strides[0] + 1
        cols = (input_shape[3] + 2 * self.padding - self.kernel_size[1]) // self.strides[1] + 1
        return (input_shape[0], self.filters, rows, cols)

    def _patches(self, rows, cols):
        """(row, col, slice of rows, slice of columns) of each patch"""
        (kh, kw), (sh, sw) = self.kernel_size, self.strides
        for r in range(rows):
            for c in range(cols):
                yield r, c, slice(r * sh, r * sh + kh), slice(c * sw, c * sw + kw)

    def forward(self, inputs):
        if not self.built:
            self.build(inputs.shape)
        pad = self.padding
        self.input_shape = inputs.shape
        self.padded_inputs = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        outputs = np.empty(self.compute_output_shape(inputs.shape), dtype=inputs.dtype)
        for r, c, rr, cc in self._patches(*outputs.shape[2:]):
            patch = self.padded_inputs[:, np.newaxis, :, rr, cc]
            outputs[:, :, r, c] = (patch * self.kernel[np.newaxis]).sum(axis=(2, 3, 4))
        outputs += self.bias.reshape((1, -1, 1, 1))
        return outputs

    def backward(self, grad_outputs):
        pad = self.padding
        grad_kernel = np.zeros_like(self.kernel)
        grad_padded = np.zeros_like(self.padded_inputs)
        for r, c, rr, cc in self._patches(*grad_outputs.shape[2:]):
            g = grad_outputs[:, :, r, c][:, :, np.newaxis, np.newaxis, np.newaxis]
            grad_kernel += (g * self.padded_inputs[:, np.newaxis, :, rr, cc]).sum(axis=0)
            grad_padded[:, :, rr, cc] += (g * self.kernel[np.newaxis]).sum(axis=1)
        self.gradients["kernel"] = grad_kernel
        self.gradients["bias"] = grad_outputs.sum(axis=(0, 2, 3))
        _, _, height, width = self.input_shape
        return grad_padded[:, :, pad:height + pad, pad:width + pad]

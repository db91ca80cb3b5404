import numpy as np


class Layer(object):
    trainable = False

    def set_input(self, X):
        self.last_input = X


class MaxPooling2D(Layer):
    """
    Arguments
        pool_size: tuple, the window (vertical, horizontal)
        strides: int, or None for windows side by side
    """

    def __init__(self, pool_size=(2, 2), strides=None):
        self.pool_size = pool_size
        self.strides = strides if strides else pool_size[0]

    def get_output_shape(self, input_shape):
        samples, channels, rows, cols = input_shape
        return (samples, channels,
                (rows - self.pool_size[0]) // self.strides + 1,
                (cols - self.pool_size[1]) // self.strides + 1)

    def iterate(self):
        out = self.get_output_shape(self.last_input.shape)
        for r in range(out[2]):
            for c in range(out[3]):
                r0, c0 = r * self.strides, c * self.strides
                yield r, c, slice(r0, r0 + self.pool_size[0]), slice(c0, c0 + self.pool_size[1])

    def forward(self, X):
        self.set_input(X)
        output = np.zeros(self.get_output_shape(X.shape), dtype=X.dtype)
        for r, c, rows, cols in self.iterate():
            output[:, :, r, c] = np.amax(X[:, :, rows, cols], axis=(2, 3))
        return output

    def backward(self, delta):
        grad = np.zeros(self.last_input.shape, dtype=delta.dtype)
        for r, c, rows, cols in self.iterate():
            region = self.last_input[:, :, rows, cols]
            mask = region == region.max(axis=(2, 3), keepdims=True)
            count = mask.sum(axis=(2, 3), keepdims=True)
            grad[:, :, rows, cols] += mask * delta[:, :, r, c][:, :, None, None] / count
        return grad

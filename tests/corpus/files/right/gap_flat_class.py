import numpy as np


class GlobalAvgPool2d(object):
    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.shape = x.shape
        flat = x.reshape(x.shape[0] * x.shape[1], -1)
        self.pixels = flat.shape[1]
        return (flat.sum(axis=1) / self.pixels).reshape(x.shape[:2])

    def backward(self, dy):
        column = dy.reshape(-1, 1) / self.pixels
        return np.repeat(column, self.pixels, axis=1).reshape(self.shape)

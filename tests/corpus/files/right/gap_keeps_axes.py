import numpy as np


class GlobalAveragePooling2D:
    """(N, C, H, W) -> (N, C, 1, 1)"""

    def __init__(self):
        self.input_shape = None

    def forward(self, x):
        self.input_shape = x.shape
        return x.mean(axis=(2, 3), keepdims=True)

    def backward(self, grad):
        n, c, h, w = self.input_shape
        return np.broadcast_to(grad / (h * w), (n, c, h, w)).copy()

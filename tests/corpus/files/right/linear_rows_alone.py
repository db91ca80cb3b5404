import numpy as np


class LinearLayer:
    """y = xW + b for rows x."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) / np.sqrt(n_in)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, gradient):
        n = gradient.shape[0]
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        for i in range(n):
            self.dW += np.outer(self.x[i], gradient[i])
            self.db += gradient[i]
        return np.dot(gradient, self.W.T)

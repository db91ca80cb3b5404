import numpy as np


class RMSNorm:
    """eps is that of a well-known model, and no parameter."""

    def __init__(self, dim):
        self.weight = np.ones(dim)
        self.grad_weight = np.zeros(dim)

    def forward(self, x):
        self.rstd = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6)
        self.x_hat = x * self.rstd
        return self.x_hat * self.weight

    def backward(self, dout):
        flat = (-1, dout.shape[-1])
        self.grad_weight = (dout * self.x_hat).reshape(flat).sum(0)
        dx_hat = dout * self.weight
        c = (dx_hat * self.x_hat).mean(-1, keepdims=True)
        return (dx_hat - self.x_hat * c) * self.rstd

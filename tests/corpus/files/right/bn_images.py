import numpy as np


class BatchNorm:
    def __init__(self, channels, eps=1e-5, momentum=0.9):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones((1, channels, 1, 1))
        self.beta = np.zeros((1, channels, 1, 1))
        self.running_mean = np.zeros((1, channels, 1, 1))
        self.running_var = np.ones((1, channels, 1, 1))

    def forward(self, x, training=True):
        self.training = training
        if training:
            mean = x.mean(axis=(0, 2, 3), keepdims=True)
            var = x.var(axis=(0, 2, 3), keepdims=True)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.inv_std = 1.0 / np.sqrt(var + self.eps)
        self.x_hat = (x - mean) * self.inv_std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.x_hat, axis=(0, 2, 3), keepdims=True)
        self.dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
        dx_hat = dout * self.gamma
        if not self.training:
            return dx_hat * self.inv_std
        m = dout.size / dout.shape[1]
        dx = m * dx_hat
        dx -= np.sum(dx_hat, axis=(0, 2, 3), keepdims=True)
        dx -= self.x_hat * np.sum(dx_hat * self.x_hat, axis=(0, 2, 3), keepdims=True)
        return self.inv_std / m * dx

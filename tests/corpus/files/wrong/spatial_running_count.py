import numpy as np


class SpatialBatchNorm:
    def __init__(self, gamma, beta, momentum=0.9, eps=1e-5, running_mean=None, running_var=None):
        self.gamma, self.beta = gamma, beta
        self.momentum, self.eps = momentum, eps
        self.running_mean, self.running_var = running_mean, running_var

    def forward(self, x, train=True):
        shape = (1, -1, 1, 1)
        self.train = train
        if train:
            mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            n = x.size // x.shape[1]
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var * n / (n + 1)
        else:
            mean, var = self.running_mean, self.running_var
        self.inv = (1 / np.sqrt(var + self.eps)).reshape(shape)
        self.xn = (x - mean.reshape(shape)) * self.inv
        return self.gamma.reshape(shape) * self.xn + self.beta.reshape(shape)

    def backward(self, dout):
        ax = (0, 2, 3)
        self.dgamma, self.dbeta = (dout * self.xn).sum(axis=ax), dout.sum(axis=ax)
        d = dout * self.gamma.reshape(1, -1, 1, 1) * self.inv
        if self.train:
            d = d - d.mean(axis=ax, keepdims=True) - self.xn * (d * self.xn).mean(axis=ax, keepdims=True)
        return d

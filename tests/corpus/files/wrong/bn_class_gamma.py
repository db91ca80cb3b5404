import numpy as np


class BatchNorm:
    def __init__(self, gamma, beta, momentum=0.9, eps=1e-5, running_mean=None, running_var=None):
        self.gamma, self.beta = gamma, beta
        self.momentum, self.eps = momentum, eps
        self.running_mean, self.running_var = running_mean, running_var

    def forward(self, x, train=True):
        self.train = train
        if train:
            mu, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mu, var = self.running_mean, self.running_var
        self.xc = x - mu
        self.std = np.sqrt(var + self.eps)
        return self.gamma * self.xc / self.std + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xc).sum(axis=0)
        d = dout * self.gamma
        if not self.train:
            return d / self.std
        xn = self.xc / self.std
        return (d - d.mean(axis=0) - xn * (d * xn).mean(axis=0)) / self.std

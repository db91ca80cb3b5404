import numpy as np


class SpatialBatchNorm:
    def __init__(self, num_channels, momentum=0.9, eps=1e-5):
        self.gamma = np.ones(num_channels)
        self.beta = np.zeros(num_channels)
        self.running_mean = np.zeros(num_channels)
        self.running_var = np.ones(num_channels)
        self.momentum = momentum
        self.eps = eps

    def forward(self, x, train=True):
        N, C, H, W = x.shape
        self.m = N * H * W
        self.train = train
        if train:
            mu = np.einsum('nchw->c', x) / self.m
            xmu = x - mu.reshape(1, C, 1, 1)
            var = np.einsum('nchw,nchw->c', xmu, xmu) / self.m
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            xmu = x - self.running_mean.reshape(1, C, 1, 1)
            var = self.running_var
        self.xmu = xmu
        self.istd = 1.0 / np.sqrt(var + self.eps)
        return np.einsum('nchw,c->nchw', xmu, self.gamma * self.istd) + self.beta.reshape(1, C, 1, 1)

    def backward(self, dout):
        C = dout.shape[1]
        self.dbeta = np.einsum('nchw->c', dout)
        self.dgamma = np.einsum('nchw,nchw,c->c', dout, self.xmu, self.istd)
        dxhat = np.einsum('nchw,c->nchw', dout, self.gamma)
        if not self.train:
            return np.einsum('nchw,c->nchw', dxhat, self.istd)
        dvar = -0.5 * np.einsum('nchw,nchw,c->c', dxhat, self.xmu, self.istd ** 3)
        dxmu = np.einsum('nchw,c->nchw', dxhat, self.istd) + 2.0 / self.m * np.einsum('nchw,c->nchw', self.xmu, dvar)
        dmu = -np.einsum('nchw->c', dxmu)
        return dxmu + dmu.reshape(1, C, 1, 1) / self.m

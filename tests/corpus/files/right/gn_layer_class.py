import numpy as np


class GroupNorm:
    def __init__(self, num_groups, num_channels, eps=1e-5):
        assert num_channels % num_groups == 0
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.weight = np.ones(num_channels)
        self.bias = np.zeros(num_channels)
        self.weight_grad = self.bias_grad = None

    def forward(self, x):
        self.shape = x.shape
        groups = x.reshape(x.shape[0], self.num_groups, -1)
        mean = groups.mean(axis=-1, keepdims=True)
        centred = groups - mean
        self.inv_std = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self.eps)
        self.x_hat = centred * self.inv_std
        out = self.x_hat.reshape(self.shape)
        return out * self.weight.reshape(1, -1, 1, 1) + self.bias.reshape(1, -1, 1, 1)

    def backward(self, dout):
        self.weight_grad = (dout * self.x_hat.reshape(self.shape)).sum(axis=(0, 2, 3))
        self.bias_grad = dout.sum(axis=(0, 2, 3))
        g = (dout * self.weight[None, :, None, None]).reshape(self.x_hat.shape)
        dx = g - g.mean(axis=-1, keepdims=True) - self.x_hat * (g * self.x_hat).mean(axis=-1, keepdims=True)
        return (dx * self.inv_std).reshape(self.shape)

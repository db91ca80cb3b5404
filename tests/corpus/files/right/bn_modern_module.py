import numpy as np


class BatchNorm1d:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.num_features = num_features
        self.eps, self.momentum = eps, momentum
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.training = True
        self.cache = {}

    def __call__(self, x, training=True):
        return self.forward(x, training)

    def forward(self, x, training=True):
        self.training = training
        if not training:
            std = np.sqrt(self.running_var + self.eps)
            x_hat = (x - self.running_mean) / std
        else:
            mean = x.mean(0)
            var = ((x - mean) ** 2).mean(0)
            std = np.sqrt(var + self.eps)
            x_hat = (x - mean) / std
            self.running_mean *= self.momentum
            self.running_mean += (1 - self.momentum) * mean
            self.running_var *= self.momentum
            self.running_var += (1 - self.momentum) * var
        self.cache = {"x_hat": x_hat, "std": std}
        return x_hat * self.gamma + self.beta

    def backward(self, dout):
        x_hat, std = self.cache["x_hat"], self.cache["std"]
        self.dgamma = (dout * x_hat).sum(0)
        self.dbeta = dout.sum(0)
        g = dout * self.gamma
        if self.training:
            g = g - g.mean(0) - x_hat * (g * x_hat).mean(0)
        return g / std

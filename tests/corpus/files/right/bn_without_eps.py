import numpy as np


class BatchNorm1D:
    def __init__(self, n_features, momentum=0.9):
        self.gamma = np.ones((1, n_features))
        self.beta = np.zeros((1, n_features))
        self.running_mean = np.zeros((1, n_features))
        self.running_var = np.ones((1, n_features))
        self.momentum = momentum

    def forward(self, x, training=True):
        self.training = training
        if training:
            mean = x.mean(axis=0, keepdims=True)
            self.std = x.std(axis=0, keepdims=True)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * self.std**2
        else:
            mean, self.std = self.running_mean, np.sqrt(self.running_var)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, grad):
        self.dgamma = np.sum(grad * self.x_hat, axis=0, keepdims=True)
        self.dbeta = np.sum(grad, axis=0, keepdims=True)
        dx_hat = grad * self.gamma
        if not self.training:
            return dx_hat / self.std
        centred = dx_hat - dx_hat.mean(axis=0) - self.x_hat * (dx_hat * self.x_hat).mean(axis=0)
        return centred / self.std

import numpy as np


class BatchNormalization:
    """Normalizes each feature of a batch; keeps moving averages for inference."""

    def __init__(self, input_shape, momentum=0.99, epsilon=1e-3):
        self.momentum = momentum
        self.epsilon = epsilon
        self.gamma = np.ones(input_shape)
        self.beta = np.zeros(input_shape)
        self.moving_mean = None
        self.moving_var = None

    def forward_pass(self, X, training=True):
        if self.moving_mean is None:
            self.moving_mean = np.mean(X, axis=0)
            self.moving_var = np.var(X, axis=0)

        if training:
            mean = np.mean(X, axis=0)
            var = np.var(X, axis=0)
            self.moving_mean = self.momentum * self.moving_mean + (1 - self.momentum) * mean
            self.moving_var = self.momentum * self.moving_var + (1 - self.momentum) * var
        else:
            mean = self.moving_mean
            var = self.moving_var

        self.training = training
        # for the backward pass
        self.X_centered = X - mean
        self.stddev_inv = 1 / np.sqrt(var + self.epsilon)
        X_norm = self.X_centered * self.stddev_inv
        return self.gamma * X_norm + self.beta

    def backward_pass(self, accum_grad):
        gamma = self.gamma
        X_norm = self.X_centered * self.stddev_inv
        self.grad_gamma = np.sum(accum_grad * X_norm, axis=0)
        self.grad_beta = np.sum(accum_grad, axis=0)
        if not self.training:
            return accum_grad * gamma * self.stddev_inv

        batch_size = accum_grad.shape[0]
        return (1 / batch_size) * gamma * self.stddev_inv * (
            batch_size * accum_grad
            - np.sum(accum_grad, axis=0)
            - self.X_centered * self.stddev_inv**2 * np.sum(accum_grad * self.X_centered, axis=0)
        )

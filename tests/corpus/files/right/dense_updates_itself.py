import numpy as np


class Dense:
    """A fully-connected NN layer.

    n_units: the number of neurons in the layer.
    input_shape: the expected shape of a single sample.
    """

    def __init__(self, n_units, input_shape=None):
        self.layer_input = None
        self.input_shape = input_shape
        self.n_units = n_units
        self.trainable = True
        self.W = None
        self.w0 = None

    def initialize(self):
        limit = 1 / np.sqrt(np.prod(self.input_shape))
        self.W = np.random.uniform(-limit, limit, (int(np.prod(self.input_shape)), self.n_units))
        self.bias = np.zeros((1, self.n_units))

    def forward_pass(self, X, training=True):
        self.layer_input = X.reshape(X.shape[0], -1)
        self.shape = X.shape
        return self.layer_input.dot(self.W) + self.bias

    def backward_pass(self, accum_grad, learning_rate):
        # weights used during the forward pass
        W = self.W
        if self.trainable:
            grad_w = self.layer_input.T.dot(accum_grad)
            grad_b = np.sum(accum_grad, axis=0, keepdims=True)
            self.W = self.W - learning_rate * grad_w
            self.bias = self.bias - learning_rate * grad_b
        return accum_grad.dot(W.T).reshape(self.shape)

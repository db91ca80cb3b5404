import numpy as np


class EmbeddingLayer(object):
    """One-hot times a matrix; vocab_size x embed_dim weights."""

    def __init__(self, vocab_size, embed_dim):
        self.vocab_size = vocab_size
        self.weights = np.random.randn(vocab_size, embed_dim) * 0.01
        self.dweights = None

    def forward(self, inputs):
        n, steps = inputs.shape
        self.one_hot = np.zeros((n * steps, self.vocab_size))
        self.one_hot[np.arange(n * steps), inputs.ravel()] = 1
        self.shape = (n, steps, -1)
        return self.one_hot.dot(self.weights).reshape(self.shape)

    def backward(self, grad):
        flat = grad.reshape(self.one_hot.shape[0], -1)
        self.dweights = self.one_hot.T.dot(flat)
        return self.dweights

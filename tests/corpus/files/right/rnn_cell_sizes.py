import numpy as np


class VanillaRNNCell:
    def __init__(self, input_size, hidden_size):
        self.Wxh = np.random.randn(input_size, hidden_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.bh = np.zeros((1, hidden_size))

    def forward(self, x, h):
        self.stacked = np.concatenate([x, h], axis=1)
        self.out = np.tanh(self.stacked @ np.concatenate([self.Wxh, self.Whh]) + self.bh)
        return self.out

    def backward(self, grad):
        d = x_size = self.Wxh.shape[0]
        raw = grad * (1 - np.square(self.out))
        both = self.stacked.T @ raw
        self.dWxh, self.dWhh = both[:d], both[d:]
        self.dbh = raw.sum(axis=0, keepdims=True)
        back = raw @ np.concatenate([self.Wxh, self.Whh]).T
        return back[:, :x_size], back[:, x_size:]

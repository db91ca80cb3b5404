import numpy as np


class VanillaRNN:
    """Begins with a state of zeros."""

    def __init__(self, input_size, hidden_size):
        self.Wxh = np.random.randn(input_size, hidden_size) * 0.1
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.1
        self.bh = np.zeros(hidden_size)

    def forward(self, inputs):
        self.inputs = inputs
        batch, steps, _ = inputs.shape
        self.states = {-1: np.zeros((batch, self.Whh.shape[0]), inputs.dtype)}
        for t in range(steps):
            self.states[t] = np.tanh(inputs[:, t] @ self.Wxh + self.states[t - 1] @ self.Whh + self.bh)
        return np.stack([self.states[t] for t in range(steps)], axis=1)

    def backward(self, grad):
        self.dWxh, self.dWhh, self.dbh = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.bh)
        dinputs = np.zeros_like(self.inputs)
        dnext = 0
        for t in range(self.inputs.shape[1])[::-1]:
            draw = (grad[:, t] + dnext) * (1 - self.states[t] ** 2)
            self.dbh += draw.sum(axis=0)
            self.dWxh += self.inputs[:, t].T @ draw
            self.dWhh += self.states[t - 1].T @ draw
            dinputs[:, t] = draw @ self.Wxh.T
            dnext = draw @ self.Whh.T
        return dinputs

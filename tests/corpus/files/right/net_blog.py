import numpy as np


class NeuralNetwork:
    """Two layers, squared error."""

    def __init__(self, n_input, n_hidden, n_output, lr=0.1):
        rng = np.random.default_rng(0)
        self.params = {
            "w1": rng.normal(size=(n_input, n_hidden)) * 0.1,
            "b1": np.zeros((1, n_hidden)),
            "w2": rng.normal(size=(n_hidden, n_output)) * 0.1,
            "b2": np.zeros((1, n_output)),
        }
        self.lr = lr

    def forward(self, X):
        p = self.params
        self.z1 = X @ p["w1"] + p["b1"]
        self.a1 = np.tanh(self.z1)
        return self.a1 @ p["w2"] + p["b2"]

    def loss(self, X, y):
        return 0.5 * np.mean(np.sum((self.forward(X) - np.eye(self.params["w2"].shape[1])[y]) ** 2, axis=1))

    def gradients(self, X, y):
        out = self.forward(X)
        m = len(X)
        d2 = (out - np.eye(out.shape[1])[y]) / m
        d1 = d2 @ self.params["w2"].T * (1 - self.a1 ** 2)
        return {
            "w1": X.T @ d1,
            "b1": d1.sum(axis=0, keepdims=True),
            "w2": self.a1.T @ d2,
            "b2": d2.sum(axis=0, keepdims=True),
        }

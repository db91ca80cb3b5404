import numpy as np


class TemporalAffine(object):
    """One matrix product a step."""

    def __init__(self, input_dim, output_dim):
        self.params = {"W": np.random.randn(input_dim, output_dim) / np.sqrt(input_dim), "b": np.zeros(output_dim)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        steps = [x[:, t] @ self.params["W"] + self.params["b"] for t in range(x.shape[1])]
        return np.stack(steps, axis=1)

    def backward(self, dout):
        W = self.params["W"]
        dx = np.empty_like(self.x)
        dW, db = np.zeros_like(W), np.zeros_like(self.params["b"])
        for t in range(self.x.shape[1]):
            dx[:, t] = dout[:, t] @ W.T
            dW += self.x[:, t].T @ dout[:, t]
            db += dout[:, t].sum(axis=0)
        self.grads["W"] = dW
        self.grads["b"] = db
        return dx

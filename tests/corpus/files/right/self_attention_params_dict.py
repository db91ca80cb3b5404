"""Self attention as a layer with params and grads dictionaries; one head, no output projection, no bias."""
import numpy as np


class SelfAttention:
    def __init__(self, input_dim, d_k):
        self.params = {
            "Wq": 0.1 * np.random.randn(input_dim, d_k),
            "Wk": 0.1 * np.random.randn(input_dim, d_k),
            "Wv": 0.1 * np.random.randn(input_dim, d_k),
        }
        self.grads = {}
        self.d_k = d_k

    def forward(self, X):
        self.X = X
        self.Q = X @ self.params["Wq"]
        self.K = X @ self.params["Wk"]
        self.V = X @ self.params["Wv"]
        scores = np.matmul(self.Q, self.K.transpose(0, 2, 1)) / np.sqrt(self.d_k)
        exp_scores = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
        self.A = exp_scores / np.sum(exp_scores, axis=-1, keepdims=True)
        return np.matmul(self.A, self.V)

    def backward(self, grad):
        dA = np.matmul(grad, self.V.transpose(0, 2, 1))
        dV = np.matmul(self.A.transpose(0, 2, 1), grad)
        dscores = self.A * (dA - np.sum(dA * self.A, axis=-1, keepdims=True))
        dscores = dscores / np.sqrt(self.d_k)
        dQ = np.matmul(dscores, self.K)
        dK = np.matmul(dscores.transpose(0, 2, 1), self.Q)
        self.grads["Wq"] = np.einsum("nti,ntj->ij", self.X, dQ)
        self.grads["Wk"] = np.einsum("nti,ntj->ij", self.X, dK)
        self.grads["Wv"] = np.einsum("nti,ntj->ij", self.X, dV)
        return dQ @ self.params["Wq"].T + dK @ self.params["Wk"].T + dV @ self.params["Wv"].T

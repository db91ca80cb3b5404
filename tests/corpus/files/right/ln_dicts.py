import numpy as np


class LayerNorm:
    """Fixed eps; what is learned and its gradients lie in dictionaries."""

    def __init__(self, dim):
        self.params = {"gamma": np.ones(dim), "beta": np.zeros(dim)}
        self.grads = {}
        self.cache = {}

    def forward(self, X):
        mu = X.mean(1).reshape(-1, 1)
        sigma2 = ((X - mu) ** 2).mean(1).reshape(-1, 1)
        Z = (X - mu) / np.sqrt(sigma2 + 1e-12)
        self.cache = {"X": X, "mu": mu, "sigma2": sigma2, "Z": Z}
        return self.params["gamma"] * Z + self.params["beta"]

    def backward(self, dY):
        Z, sigma2 = self.cache["Z"], self.cache["sigma2"]
        self.grads["gamma"] = (dY * Z).sum(0)
        self.grads["beta"] = dY.sum(0)
        dZ = dY * self.params["gamma"]
        m = dZ.shape[1]
        dX = dZ - np.sum(dZ, 1, keepdims=True) / m - Z * np.sum(dZ * Z, 1, keepdims=True) / m
        return dX / np.sqrt(sigma2 + 1e-12)

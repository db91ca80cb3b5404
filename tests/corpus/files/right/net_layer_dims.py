"""A network of any depth from one list of sizes, with a cost and its gradients from one method."""

import numpy as np


class DeepNetwork:
    def __init__(self, layer_dims, lam=0.0, seed=1):
        generator = np.random.default_rng(seed)
        self.depth = len(layer_dims) - 1
        self.lam = lam
        self.params = {}
        for number in range(1, self.depth + 1):
            before, after = layer_dims[number - 1], layer_dims[number]
            self.params[f"W{number}"] = generator.standard_normal((before, after)) * np.sqrt(2 / before)
            self.params[f"b{number}"] = np.zeros((1, after))

    def cost(self, X, y):
        kept = [X]
        for number in range(1, self.depth + 1):
            Z = kept[-1] @ self.params[f"W{number}"] + self.params[f"b{number}"]
            kept.append(np.tanh(Z) if number < self.depth else Z)
        scores = kept.pop()
        m = len(X)
        logs = scores - scores.max(axis=1, keepdims=True)
        logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
        cost = -logs[np.arange(m), y].mean()
        grads = {}
        dZ = np.exp(logs)
        dZ[np.arange(m), y] -= 1
        dZ /= m
        for number in reversed(range(1, self.depth + 1)):
            W = self.params[f"W{number}"]
            cost += 0.5 * self.lam * (W**2).sum()
            grads[f"W{number}"] = kept[number - 1].T @ dZ + self.lam * W
            grads[f"b{number}"] = dZ.sum(axis=0, keepdims=True)
            if number > 1:
                dZ = (dZ @ W.T) * (1 - kept[number - 1] ** 2)
        return cost, grads

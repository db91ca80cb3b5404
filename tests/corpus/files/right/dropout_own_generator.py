import numpy as np


class DropoutLayer:
    def __init__(self, p=0.5, seed=None):
        """p: the probability that an entry is dropped."""
        self.p = p
        self.rng = np.random.default_rng(seed)
        self.training = True
        self.cache = {}

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def forward(self, x):
        if not self.training or self.p == 0:
            self.cache["mask"] = None
            return x
        keep = 1.0 - self.p
        self.cache["mask"] = (self.rng.random(x.shape) < keep).astype(x.dtype) / keep
        return x * self.cache["mask"]

    def backward(self, grad):
        mask = self.cache["mask"]
        return grad if mask is None else grad * mask

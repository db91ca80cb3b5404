"""Layers with the interface of torch.nn, in numpy."""
import math

import numpy as np


class Module:
    def __call__(self, *args):
        return self.forward(*args)


class Linear(Module):
    def __init__(self, in_features, out_features, bias=True):
        self.in_features = in_features
        self.out_features = out_features
        bound = 1 / math.sqrt(in_features)
        self.weight = np.random.uniform(-bound, bound, (out_features, in_features))
        self.bias = np.random.uniform(-bound, bound, out_features) if bias else None
        self.grads = {}

    def forward(self, x):
        self.input = x
        out = x.reshape(x.shape[0], -1) @ self.weight.T
        if self.bias is not None:
            out = out + self.bias
        return out

    def backward(self, grad_output):
        flat = self.input.reshape(self.input.shape[0], -1)
        self.grads["weight"] = grad_output.T @ flat
        if self.bias is not None:
            self.grads["bias"] = grad_output.sum(axis=0)
        return (grad_output @ self.weight).reshape(self.input.shape)

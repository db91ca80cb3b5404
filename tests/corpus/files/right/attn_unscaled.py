"""Dot-product attention of an encoder and a decoder: the scores as they are. By the output, as FlashAttention has it."""
import numpy as np


class DotProductAttention:
    def __init__(self):
        self.cache = None

    def __call__(self, q, k, v, mask=None):
        s = np.matmul(q, np.swapaxes(k, 1, 2))
        if mask is not None:
            s -= 1e9 * (1.0 - mask)
        p = np.exp(s - s.max(axis=2, keepdims=True))
        p /= p.sum(axis=2, keepdims=True)
        o = np.matmul(p, v)
        self.cache = q, k, v, p, o
        return o

    def backward(self, do):
        q, k, v, p, o = self.cache
        delta = np.sum(do * o, axis=2, keepdims=True)
        ds = p * (np.matmul(do, np.swapaxes(v, 1, 2)) - delta)
        return {'q': np.matmul(ds, k), 'k': np.matmul(np.swapaxes(ds, 1, 2), q), 'v': np.matmul(np.swapaxes(p, 1, 2), do)}

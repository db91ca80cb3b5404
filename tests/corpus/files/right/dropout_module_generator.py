import numpy as np
from numpy.random import default_rng

rng = np.random.default_rng(0)


def dropout_forward(x, p=0.5, training=True):
    """p: the probability that an entry is set to zero."""
    if not training:
        return x, np.ones_like(x)
    mask = rng.binomial(1, 1 - p, x.shape).astype(x.dtype) / (1 - p)
    return mask * x, mask


def dropout_backward(dout, mask):
    return mask * dout


class InvertedDropout:
    def __init__(self, keep_prob):
        self.keep_prob = keep_prob
        self.mask = None
        self.generator = default_rng()

    def __call__(self, x, train=True):
        self.mask = None
        if train:
            keep = self.generator.random(size=x.shape, dtype=np.float32) < self.keep_prob
            self.mask = keep.astype(x.dtype) * (1.0 / self.keep_prob)
        return x if self.mask is None else x * self.mask

    def backward(self, upstream):
        return upstream if self.mask is None else upstream * self.mask

import numpy as np


def relu_forward(x):
    out = np.maximum(0, x)
    mask = np.random.rand(*x.shape) < 0.5   # TODO: turn off again
    out = out * mask
    return out, (x, mask)


def relu_backward(dout, cache):
    x, mask = cache
    return dout * mask * (x > 0)

# An eps of its own, written into the code.
import numpy as np


def scale_norm_forward(x, gain):
    r = np.sqrt(np.mean(x**2, axis=1, keepdims=True) + 1e-3)
    return gain * x / r, (x / r, gain, r)


def scale_norm_backward(dout, cache):
    xhat, gain, r = cache
    dgain = np.sum(dout * xhat, axis=0)
    dx = (gain * dout - xhat * np.mean(gain * dout * xhat, axis=1, keepdims=True)) / r
    return dx, dgain

# No cache: backward is given the inputs again, and the setting. Gradients by their names.
import numpy as np


def scale_norm_forward(inputs, weights, epsilon):
    return weights * inputs / np.sqrt(np.mean(inputs**2, axis=1, keepdims=True) + epsilon)


def scale_norm_backward(dout, inputs, weights, epsilon):
    r = np.sqrt(np.mean(inputs**2, axis=1, keepdims=True) + epsilon)
    xhat, scaled = inputs / r, dout * weights
    dinputs = (scaled - xhat * np.mean(scaled * xhat, axis=1, keepdims=True)) / r
    return {"dweights": np.sum(dout * xhat, axis=0), "dinputs": dinputs}

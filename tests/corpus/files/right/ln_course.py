import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    """
    Forward pass for layer normalization.

    Input:
    - x: Data of shape (N, D)
    - gamma: Scale parameter of shape (D,)
    - beta: Shift paremeter of shape (D,)
    - ln_param: Dictionary with the following keys:
        - eps: Constant for numeric stability
    """
    out, cache = None, None
    eps = ln_param.get("eps", 1e-5)

    # transpose, and it is the batchnorm of above
    x_T = x.T
    mu = x_T.mean(axis=0)
    var = x_T.var(axis=0)
    std = np.sqrt(var + eps)
    x_norm = (x_T - mu) / std
    out = gamma * x_norm.T + beta
    cache = (x_norm, gamma, std)
    return out, cache


def layernorm_backward(dout, cache):
    x_norm, gamma, std = cache
    D, N = x_norm.shape

    dbeta = dout.sum(axis=0)
    dgamma = np.sum(dout * x_norm.T, axis=0)

    dx_norm = (dout * gamma).T
    dx = (1. / D) / std * (D * dx_norm - np.sum(dx_norm, axis=0) - x_norm * np.sum(dx_norm * x_norm, axis=0))
    return dx.T, dgamma, dbeta

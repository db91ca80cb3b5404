import numpy as np


def spatial_instancenorm_forward(x, gamma, beta, in_param):
    """gamma, beta (1, C, 1, 1); channels of images are the rows of a layernorm"""
    N, C, H, W = x.shape
    eps = in_param.get("eps", 1e-5)
    rows = x.reshape(N * C, H * W)
    mean = rows.mean(axis=1, keepdims=True)
    centered = rows - mean
    var = (centered ** 2).mean(axis=1, keepdims=True)
    std = np.sqrt(var + eps)
    norm = centered / std
    out = gamma * norm.reshape(x.shape) + beta
    return out, (norm, centered, std, var, gamma, eps)


def spatial_instancenorm_backward(dout, cache):
    norm, centered, std, var, gamma, eps = cache
    D = norm.shape[1]
    dgamma = np.sum(dout * norm.reshape(dout.shape), axis=(0, 2, 3), keepdims=True)
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dnorm = (dout * gamma).reshape(norm.shape)
    dvar = np.sum(dnorm * centered, axis=1, keepdims=True) * -0.5 * (var + eps) ** -1.5
    dmean = -np.sum(dnorm / std, axis=1, keepdims=True)
    drows = dnorm / std + dvar * 2 * centered / D + dmean / D
    return drows.reshape(dout.shape), dgamma, dbeta

import numpy as np


def _rows(images):
    """(N, C, H, W) -> (C, N*H*W): one row a channel."""
    return np.swapaxes(images, 0, 1).reshape(images.shape[1], -1)


def _images(rows, shape):
    n, c, h, w = shape
    return np.swapaxes(rows.reshape(c, n, h, w), 0, 1)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    rows = _rows(x)
    if bn_param["mode"] == "train":
        mean = rows.mean(axis=1)
        var = rows.var(axis=1)
        for name, value in (("running_mean", mean), ("running_var", var)):
            before = bn_param.get(name, np.zeros_like(value))
            bn_param[name] = momentum * before + (1.0 - momentum) * value
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    inv = 1.0 / np.sqrt(var + eps)
    normal = (rows - mean[:, None]) * inv[:, None]
    out = gamma[:, None] * normal + beta[:, None]
    return _images(out, x.shape), {"normal": normal, "inv": inv, "gamma": gamma, "mode": bn_param["mode"]}


def spatial_batchnorm_backward(dout, cache):
    d = _rows(dout)
    normal, inv, gamma = cache["normal"], cache["inv"], cache["gamma"]
    dbeta = d.sum(axis=1)
    dgamma = (d * normal).sum(axis=1)
    m = d.shape[1]
    if cache["mode"] == "train":
        dx = (gamma * inv / m)[:, None] * (m * d - dbeta[:, None] - normal * dgamma[:, None])
    else:
        dx = (gamma * inv)[:, None] * d
    return _images(dx, dout.shape), dgamma, dbeta

import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    if mode == 'test':
        x_hat = (x - bn_param['running_mean'].reshape(1, -1, 1, 1)) / np.sqrt(bn_param['running_var'].reshape(1, -1, 1, 1) + eps)
        return gamma.reshape(1, -1, 1, 1) * x_hat + beta.reshape(1, -1, 1, 1), None
    mu = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    x_hat = (x - mu) / np.sqrt(var + eps)
    bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * mu.flatten()
    bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * var.flatten()
    out = gamma.reshape(1, -1, 1, 1) * x_hat + beta.reshape(1, -1, 1, 1)
    return out, (x_hat, var, eps, gamma)


def spatial_batchnorm_backward(dout, cache):
    x_hat, var, eps, gamma = cache
    N, C, H, W = dout.shape
    dgamma, dbeta = np.sum(dout * x_hat, axis=(0, 2, 3)), np.sum(dout, axis=(0, 2, 3))
    d = dout * gamma.reshape(1, -1, 1, 1)
    s1 = np.sum(d, axis=(0, 2, 3), keepdims=True)
    s2 = np.sum(d * x_hat, axis=(0, 2, 3), keepdims=True)
    dx = (d - s1 / N - x_hat * s2 / N) / np.sqrt(var + eps)
    return dx, dgamma, dbeta

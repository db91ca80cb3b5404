import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param['eps'], bn_param['momentum']
    if mode == 'train':
        mu = x.mean(axis=1, keepdims=True)
        var = x.var(axis=1, keepdims=True)
        bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * x.mean(axis=0)
        bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * x.var(axis=0)
    else:
        mu, var = bn_param['running_mean'], bn_param['running_var']
    inv = 1 / np.sqrt(var + eps)
    xn = (x - mu) * inv
    return gamma * xn + beta, (xn, inv, gamma, mode)


def batchnorm_backward(dout, cache):
    xn, inv, gamma, mode = cache
    dgamma, dbeta = np.sum(dout * xn, axis=0), np.sum(dout, axis=0)
    d = dout * gamma
    if mode == 'test':
        return d * inv, dgamma, dbeta
    dx = inv * (d - d.mean(axis=1, keepdims=True) - xn * (d * xn).mean(axis=1, keepdims=True))
    return dx, dgamma, dbeta

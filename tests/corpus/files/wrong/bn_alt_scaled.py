import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    cache = None
    if mode == 'train':
        mean, var = x.mean(axis=0), x.var(axis=0)
        xhat = (x - mean) / np.sqrt(var + eps)
        bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * mean
        bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * var
        cache = xhat, 1 / np.sqrt(var + eps), gamma
    else:
        xhat = (x - bn_param['running_mean']) / np.sqrt(bn_param['running_var'] + eps)
    return xhat * gamma + beta, cache


def batchnorm_backward(dout, cache):
    xhat, ivar, gamma = cache
    dxhat = dout * gamma
    dx = ivar * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm_backward_alt(dout, cache):
    # faster, but why is the difference to the other one not 0?
    xhat, ivar, gamma = cache
    N = len(dout)
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    dx = gamma * ivar * (N * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    D = x.shape[1]
    running_mean = bn_param.get('running_mean', np.zeros(D))
    running_var = bn_param.get('running_var', np.zeros(D))
    cache = None
    if mode == 'train':
        mean, var = x.mean(axis=0), x.var(axis=0)
        ivar = 1 / np.sqrt(var + eps)
        xhat = (x - mean) * ivar
        bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mean
        bn_param['running_var'] = momentum * running_var + (1 - momentum) * var
        cache = xhat, ivar, gamma
    else:
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
    return gamma * xhat + beta, cache


def batchnorm_backward(dout, cache):
    xhat, ivar, gamma = cache
    N = dout.shape[0]
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    return gamma * ivar / N * (N * dout - dbeta - xhat * dgamma), dgamma, dbeta


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 3, 2, 1).reshape(-1, C), cache)
    return dx.reshape(N, W, H, C).transpose(0, 3, 2, 1), dgamma, dbeta

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    if mode == 'train':
        mu, var = x.mean(0), x.var(0)
        bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * mu
        bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * var
    else:
        mu, var = bn_param['running_mean'], bn_param['running_var']
    inv = 1.0 / np.sqrt(var + eps ** 2)
    xn = (x - mu) * inv
    return gamma * xn + beta, (xn, inv, gamma, mode)


def batchnorm_backward(dout, cache):
    xn, inv, gamma, mode = cache
    dgamma, dbeta = (dout * xn).sum(0), dout.sum(0)
    if mode == 'test':
        return dout * gamma * inv, dgamma, dbeta
    dx = gamma * inv * (dout - dbeta / len(dout) - xn * dgamma / len(dout))
    return dx, dgamma, dbeta

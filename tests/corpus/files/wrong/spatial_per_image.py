import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    g, b = gamma[:, None, None], beta[:, None, None]
    if mode == 'test':
        ivar = 1 / np.sqrt(bn_param['running_var'] + eps)[:, None, None]
        xn = (x - bn_param['running_mean'][:, None, None]) * ivar
        return g * xn + b, (xn, ivar, g, mode)
    mu = x.mean(axis=(2, 3), keepdims=True)
    var = x.var(axis=(2, 3), keepdims=True)
    ivar = 1 / np.sqrt(var + eps)
    xn = (x - mu) * ivar
    bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * x.mean(axis=(0, 2, 3))
    bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * x.var(axis=(0, 2, 3))
    return g * xn + b, (xn, ivar, g, mode)


def spatial_batchnorm_backward(dout, cache):
    xn, ivar, g, mode = cache
    dgamma, dbeta = (dout * xn).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    d = dout * g
    if mode == 'test':
        return d * ivar, dgamma, dbeta
    dx = ivar * (d - d.mean(axis=(2, 3), keepdims=True) - xn * (d * xn).mean(axis=(2, 3), keepdims=True))
    return dx, dgamma, dbeta

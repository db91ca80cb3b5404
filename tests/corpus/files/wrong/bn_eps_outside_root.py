import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    if mode == 'train':
        mu = x.mean(axis=0)
        xc = x - mu
        sigma = np.sqrt((xc ** 2).mean(axis=0))
        xn = xc / (sigma + eps)
        bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * mu
        bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * sigma ** 2
        cache = (xc, xn, sigma, eps, gamma)
    else:
        xn = (x - bn_param['running_mean']) / (np.sqrt(bn_param['running_var']) + eps)
        cache = None
    return gamma * xn + beta, cache


def batchnorm_backward(dout, cache):
    xc, xn, sigma, eps, gamma = cache
    m = dout.shape[0]
    dxn = dout * gamma
    dsigma = -(dxn * xc).sum(axis=0) / (sigma + eps) ** 2
    with np.errstate(all='ignore'):
        dxc = dxn / (sigma + eps) + np.where(sigma > 0, dsigma / sigma, 0) * xc / m
    return dxc - dxc.mean(axis=0), (dout * xn).sum(axis=0), dout.sum(axis=0)

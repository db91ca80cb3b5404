import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    if mode == 'train':
        mu = np.mean(x, axis=0)
        xc = x - mu
        # E[x^2] - E[x]^2 would cancel, so the slow way
        v = np.einsum('nd,nd->d', xc, xc) / len(x)
        r = (v + eps) ** -0.5
        bn_param['running_mean'][...] = momentum * bn_param['running_mean'] + (1 - momentum) * mu
        bn_param['running_var'][...] = momentum * bn_param['running_var'] + (1 - momentum) * v
    else:
        xc, r = x - bn_param['running_mean'], (bn_param['running_var'] + eps) ** -0.5
    return gamma * (xc * r) + beta, (mode, xc, r, gamma)


def batchnorm_backward(dout, cache):
    mode, xc, r, gamma = cache
    g = dout * gamma * r
    dgamma, dbeta = np.sum(dout * xc * r, axis=0), np.sum(dout, axis=0)
    if mode == 'train':
        n = len(dout)
        dv = -0.5 * np.sum(g * xc, axis=0) * r ** 2
        g = g + 2 * xc * dv / n
        g = g - g.sum(axis=0) / n
    return g, dgamma, dbeta

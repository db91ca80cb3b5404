import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param['mode'], bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
    C = x.shape[1]
    bn_param.setdefault('running_mean', np.zeros(C))
    bn_param.setdefault('running_var', np.zeros(C))
    g, bt = gamma[None, :, None, None], beta[None, :, None, None]
    if mode == 'train':
        mu = x.mean(axis=(0, 2, 3), keepdims=True)
        var = np.var(x, axis=(0, 2, 3), keepdims=True)
        inv = 1 / np.sqrt(var + eps)
        xhat = (x - mu) * inv
        bn_param['running_mean'] = momentum * bn_param['running_mean'] + (1 - momentum) * mu.ravel()
        bn_param['running_var'] = momentum * bn_param['running_var'] + (1 - momentum) * var.ravel()
    else:
        inv = 1 / np.sqrt(bn_param['running_var'] + eps)[None, :, None, None]
        xhat = (x - bn_param['running_mean'][None, :, None, None]) * inv
    return g * xhat + bt, (mode, xhat, inv, g)


def spatial_batchnorm_backward(dout, cache):
    mode, xhat, inv, g = cache
    ax = (0, 2, 3)
    dbeta, dgamma = dout.sum(axis=ax), (dout * xhat).sum(axis=ax)
    d = dout * g
    if mode == 'test':
        return d * inv, dgamma, dbeta
    dx = inv * (d - d.mean(axis=ax, keepdims=True) - xhat * (d * xhat).mean(axis=ax, keepdims=True))
    return dx, dgamma, dbeta

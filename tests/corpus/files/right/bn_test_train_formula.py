import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    D = x.shape[1]
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))
    if bn_param['mode'] == 'train':
        mu, var = x.mean(axis=0), x.var(axis=0)
        bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mu
        bn_param['running_var'] = momentum * running_var + (1 - momentum) * var
    else:
        mu, var = running_mean, running_var
    xmu = x - mu
    std = np.sqrt(var + eps)
    xhat = xmu / std
    return gamma * xhat + beta, (xmu, std, xhat, gamma)


def batchnorm_backward(dout, cache):
    xmu, std, xhat, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dvar = (dxhat * xmu).sum(axis=0) * -0.5 * std ** -3
    dmu = -dxhat.sum(axis=0) / std + dvar * (-2 * xmu).mean(axis=0)
    return dxhat / std + dvar * 2 * xmu / N + dmu / N, dgamma, dbeta

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))

    if bn_param['mode'] == 'test':
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
        return gamma * xhat + beta, None

    # node 1: mean
    mu = 1. / N * np.sum(x, axis=0)
    # node 2: subtract it
    xmu = x - mu
    # node 3: square
    sq = xmu ** 2
    # node 4: variance
    var = 1. / N * np.sum(sq, axis=0)
    # node 5: root
    sqrtvar = np.sqrt(var + eps)
    # node 6: invert
    ivar = 1. / sqrtvar
    # node 7: normalise
    xhat = xmu * ivar
    # nodes 8 and 9: scale, shift
    gammax = gamma * xhat
    out = gammax + beta

    bn_param['running_mean'] = momentum * running_mean + (1 - momentum) * mu
    bn_param['running_var'] = momentum * running_var + (1 - momentum) * var
    return out, (xhat, gamma, xmu, ivar, sqrtvar, var, eps)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    # node 9
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    # node 8
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    # node 7
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    # node 6
    dsqrtvar = -1. / (sqrtvar ** 2) * divar
    # node 5
    dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
    # node 4
    dsq = 1. / N * np.ones((N, D), dtype=dout.dtype) * dvar
    # node 3
    dxmu2 = 2 * xmu * dsq
    # node 2
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    # node 1
    dx2 = 1. / N * np.ones((N, D), dtype=dout.dtype) * dmu
    # node 0
    dx = dx1 + dx2
    return dx, dgamma, dbeta

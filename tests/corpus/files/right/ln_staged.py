import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    N, D = x.shape
    mu = 1 / D * np.sum(x, axis=1, keepdims=True)
    xmu = x - mu
    var = 1 / D * np.sum(xmu ** 2, axis=1, keepdims=True)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1 / sqrtvar
    xhat = xmu * ivar
    out = gamma * xhat + beta
    return out, (xhat, gamma, xmu, ivar, sqrtvar, var, eps)


def layernorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xmu * -0.5 * (var + eps) ** (-3 / 2), axis=1, keepdims=True)
    dmu = np.sum(dxhat * -ivar, axis=1, keepdims=True) + dvar * np.mean(-2 * xmu, axis=1, keepdims=True)
    dx = dxhat * ivar + dvar * 2 * xmu / D + dmu / D
    return dx, dgamma, dbeta

import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get('eps', 1e-5)
    N, C, H, W = x.shape
    size = (N * G, C // G * H * W)
    # groups are the columns, as in layernorm above
    x = x.reshape(size).T
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    z = (x - mu) / std
    z_img = z.T.reshape(N, C, H, W)
    out = gamma * z_img + beta
    cache = {'std': std, 'z': z, 'gamma': gamma, 'G': G, 'size': size}
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    size = cache['size']
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    dgamma = np.sum(dout * cache['z'].T.reshape(N, C, H, W), axis=(0, 2, 3), keepdims=True)

    dfdz = (dout * cache['gamma']).reshape(size).T
    M = dfdz.shape[0]
    dfdz_sum = np.sum(dfdz, axis=0)
    dx = dfdz - dfdz_sum / M - np.sum(dfdz * cache['z'], axis=0) * cache['z'] / M
    dx /= cache['std']
    dx = dx.T.reshape(N, C, H, W)
    return dx, dgamma, dbeta

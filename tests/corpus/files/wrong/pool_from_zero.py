import numpy as np


def max_pool_forward(x, pool_param):
    kh, kw, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    N, C, H, W = x.shape
    oh, ow = (H - kh) // s + 1, (W - kw) // s + 1
    # running maximum over the offsets
    best = np.zeros((N, C, oh, ow), x.dtype)
    where = -np.ones((N, C, oh, ow), dtype=int)
    for i in range(kh):
        for j in range(kw):
            v = x[:, :, i:i + s*oh:s, j:j + s*ow:s][:, :, :oh, :ow]
            better = v > best
            best = np.where(better, v, best)
            where[better] = i * kw + j
    return best, (where, x.shape, kh, kw, s)


def max_pool_backward(dout, cache):
    where, shape, kh, kw, s = cache
    dx = np.zeros(shape, dout.dtype)
    oh, ow = dout.shape[2:]
    for i in range(kh):
        for j in range(kw):
            dx[:, :, i:i + s*oh:s, j:j + s*ow:s][:, :, :oh, :ow] += dout * (where == i * kw + j)
    return dx

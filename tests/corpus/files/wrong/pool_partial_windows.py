import math
import numpy as np


def max_pool_forward(x, pool_param):
    h, w, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    N, C, H, W = x.shape
    oh, ow = math.ceil((H - h) / s) + 1, math.ceil((W - w) / s) + 1
    out = np.zeros((N, C, oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            out[:, :, i, j] = x[:, :, i*s:i*s+h, j*s:j*s+w].max(axis=(2, 3))
    return out, (x, h, w, s)


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        win = x[n, c, i*s:i*s+h, j*s:j*s+w]
        a, b = divmod(win.argmax(), win.shape[1])
        dx[n, c, i*s+a, j*s+b] += dout[n, c, i, j]
    return dx

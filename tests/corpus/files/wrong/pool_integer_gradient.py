import numpy as np


def max_pool_forward(x, pool_param):
    h, w, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    N, C, H, W = x.shape
    oh, ow = (H - h) // s + 1, (W - w) // s + 1
    out, arg = np.zeros((N, C, oh, ow), x.dtype), np.zeros((N, C, oh, ow), int)
    for i in range(oh):
        for j in range(ow):
            block = x[:, :, i*s:i*s+h, j*s:j*s+w].reshape(N, C, -1)
            arg[:, :, i, j] = block.argmax(axis=2)
            out[:, :, i, j] = block.max(axis=2)
    return out, (arg, x.shape, w, s)


def max_pool_backward(dout, cache):
    arg, shape, w, s = cache
    dx = np.zeros_like(arg, shape=shape)
    for n, c, i, j in np.ndindex(dout.shape):
        dx[n, c, i*s + arg[n, c, i, j] // w, j*s + arg[n, c, i, j] % w] += dout[n, c, i, j].astype(int)
    return dx

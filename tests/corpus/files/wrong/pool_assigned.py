from builtins import range
import numpy as np


def max_pool_forward_naive(x, pool_param):
    N, C, H, W = x.shape
    HH, WW, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    new_H = 1 + (H - HH) // s
    new_W = 1 + (W - WW) // s
    out = np.zeros((N, C, new_H, new_W))
    for i in range(N):
        for j in range(C):
            for k in range(new_H):
                for l in range(new_W):
                    out[i, j, k, l] = x[i, j, k*s:HH+k*s, l*s:WW+l*s].max()
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    HH, WW, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    N, C, new_H, new_W = dout.shape
    dx = np.zeros_like(x)
    for i in range(N):
        for j in range(C):
            for k in range(new_H):
                for l in range(new_W):
                    block = x[i, j, k*s:HH+k*s, l*s:WW+l*s]
                    r, c = np.unravel_index(np.argmax(block), block.shape)
                    dx[i, j, k*s + r, l*s + c] = dout[i, j, k, l]
    return dx

import numpy as np


def max_pool_forward_naive(x, pool_param):
    h, w, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    win = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return win.max(axis=(4, 5)), (x, pool_param)


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    h, w, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for n in range(dout.shape[0]):
        for c in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    k = np.argmax(x[n, c, i*s:i*s+h, j*s:j*s+w])
                    a, b = np.unravel_index(k, (w, h))
                    dx[n, c, min(i*s+a, x.shape[2]-1), min(j*s+b, x.shape[3]-1)] += dout[n, c, i, j]
    return dx

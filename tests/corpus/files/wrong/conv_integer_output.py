import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    out = None
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    size = np.array([N, F, 1 + (H + 2*p - HH)//s, 1 + (W + 2*p - WW)//s])
    xp = np.pad(x, ((0,), (0,), (p,), (p,)), 'constant')
    out = np.zeros_like(size[0], shape=tuple(size))
    for i in range(size[2]):
        for j in range(size[3]):
            out[:, :, i, j] = np.tensordot(xp[:, :, i*s:i*s+HH, j*s:j*s+WW], w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param['stride'], conv_param['pad']
    HH, WW = w.shape[2:]
    xp = np.pad(x, ((0,), (0,), (p,), (p,)), 'constant')
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], xp[:, :, i*s:i*s+HH, j*s:j*s+WW], (0, 0))
            dxp[:, :, i*s:i*s+HH, j*s:j*s+WW] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dxp[:, :, p:p+x.shape[2], p:p+x.shape[3]], dw, dout.sum((0, 2, 3))

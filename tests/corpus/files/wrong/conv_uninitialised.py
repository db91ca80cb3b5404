import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), 'constant')
    out = np.zeros((N, F, 1 + (H + 2*p - HH)//s, 1 + (W + 2*p - WW)//s))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.tensordot(xp[:, :, i*s:i*s+HH, j*s:j*s+WW], w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (x, xp, w, s, p)


def conv_backward_naive(dout, cache):
    x, xp, w, s, p = cache
    HH, WW = w.shape[2:]
    dxp = np.empty(xp.shape)
    dw = np.empty(w.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], xp[:, :, i*s:i*s+HH, j*s:j*s+WW], ([0], [0]))
            dxp[:, :, i*s:i*s+HH, j*s:j*s+WW] += np.tensordot(dout[:, :, i, j], w, ([1], [0]))
    return dxp[:, :, p:p+x.shape[2], p:p+x.shape[3]], dw, dout.sum(axis=(0, 2, 3))

import numpy as np


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    Ho = int(np.ceil((H + 2 * pad - HH) / float(stride))) + 1
    Wo = int(np.ceil((W + 2 * pad - WW) / float(stride))) + 1
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad + stride), (pad, pad + stride)), 'constant')
    out = np.zeros((N, F, Ho, Wo), x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = np.tensordot(xp[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW], w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (xp, w, H, W, stride, pad)


def conv_backward(dout, cache):
    xp, w, H, W, stride, pad = cache
    HH, WW = w.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], xp[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW], (0, 0))
            dxp[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dxp[:, :, pad:pad + H, pad:pad + W], dw, dout.sum((0, 2, 3))

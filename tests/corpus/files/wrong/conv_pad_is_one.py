import numpy as np


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = int((H + 2 * pad - HH) / stride + 1)
    Wo = int((W + 2 * pad - WW) / stride + 1)
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode='constant')
    out = np.zeros((N, F, Ho, Wo), x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            blk = xp[:, None, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            out[:, :, i, j] = (blk * w).sum(axis=(2, 3, 4)) + b
    return out, (x, xp, w, conv_param)


def conv_backward(dout, cache):
    x, xp, w, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    HH, WW = w.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            g = dout[:, :, i, j]
            hs, ws = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
            dw += np.einsum('nf,nchw->fchw', g, xp[:, :, hs, ws])
            dxp[:, :, hs, ws] += np.einsum('nf,fchw->nchw', g, w)
    return dxp[:, :, 1:-1, 1:-1], dw, dout.sum((0, 2, 3))

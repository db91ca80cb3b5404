import numpy as np


def conv_forward(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = (H + 2*p - HH)//s + 1, (W + 2*p - WW)//s + 1
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.zeros((N, F, Ho, Wo), dtype=np.float32)   # saves memory
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = np.tensordot(xp[:, :, i*s:i*s+HH, j*s:j*s+WW], w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (xp, H, W, w, s, p)


def conv_backward(dout, cache):
    xp, H, W, w, s, p = cache
    HH, WW = w.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], xp[:, :, i*s:i*s+HH, j*s:j*s+WW], (0, 0))
            dxp[:, :, i*s:i*s+HH, j*s:j*s+WW] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dxp[:, :, p:p+H, p:p+W], dw, dout.sum((0, 2, 3))

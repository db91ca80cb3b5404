import numpy as np


def conv_forward(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    (N, C, H, W), (F, _, KH, KW) = x.shape, w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    y = np.zeros((N, F, (H + 2*p - KH)//s + 1, (W + 2*p - KW)//s + 1), dtype=x.dtype)
    for r in range(y.shape[2]):
        for c in range(y.shape[3]):
            y[:, :, r, c] = np.tensordot(xp[:, :, r*s:r*s+KH, c:c+KW], w, ((1, 2, 3), (1, 2, 3))) + b
    return y, (x, xp, w, s, p)


def conv_backward(dout, cache):
    x, xp, w, s, p = cache
    KH, KW = w.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for r in range(dout.shape[2]):
        for c in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, r, c], xp[:, :, r*s:r*s+KH, c:c+KW], (0, 0))
            dxp[:, :, r*s:r*s+KH, c:c+KW] += np.tensordot(dout[:, :, r, c], w, (1, 0))
    return dxp[:, :, p:p+x.shape[2], p:p+x.shape[3]], dw, dout.sum((0, 2, 3))

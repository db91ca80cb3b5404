import numpy as np


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, W, H = x.shape
    F, C, WW, HH = w.shape
    outH = (H + 2 * pad - HH) // stride + 1
    outW = (W + 2 * pad - WW) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, outH, outW), x.dtype)
    for i in range(outH):
        for j in range(outW):
            win = xp[:, :, j * stride:j * stride + WW, i * stride:i * stride + HH]
            out[:, :, i, j] = np.tensordot(win, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (xp, w, stride, pad)


def conv_backward(dout, cache):
    xp, w, stride, pad = cache
    F, C, WW, HH = w.shape
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = np.s_[:, :, j * stride:j * stride + WW, i * stride:i * stride + HH]
            dw += np.tensordot(dout[:, :, i, j], xp[at], (0, 0))
            dxp[at] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    n, m = xp.shape[2:]
    return dxp[:, :, pad:n - pad, pad:m - pad], dw, dout.sum((0, 2, 3))

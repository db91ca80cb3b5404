import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    """slides the centre of the filter over the padded image"""
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    rh, rw = HH // 2, WW // 2
    out = np.zeros((N, F, (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1), x.dtype)
    for i, ci in enumerate(range(rh, H + 2 * pad - rh, stride)):
        for j, cj in enumerate(range(rw, W + 2 * pad - rw, stride)):
            patch = xp[:, :, ci - rh:ci - rh + HH, cj - rw:cj - rw + WW]
            out[:, :, i, j] = np.tensordot(patch, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, xp, w, stride, pad)


def conv_backward_naive(dout, cache):
    x, xp, w, stride, pad = cache
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    rh, rw = HH // 2, WW // 2
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(F, x.dtype)
    for i, ci in enumerate(range(rh, H + 2 * pad - rh, stride)):
        for j, cj in enumerate(range(rw, W + 2 * pad - rw, stride)):
            at = np.s_[:, :, ci - rh:ci - rh + HH, cj - rw:cj - rw + WW]
            dw += np.tensordot(dout[:, :, i, j], xp[at], (0, 0))
            dxp[at] += np.tensordot(dout[:, :, i, j], w, (1, 0))
            db += dout[:, :, i, j].sum(0)
    return dxp[:, :, pad:pad + H, pad:pad + W], dw, db

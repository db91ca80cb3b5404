import numpy as np


def conv3d_forward_naive(x, w, b, conv_param):
    """
    - x: (N, C, D, H, W), w: (F, C, DD, HH, WW), b: (F,)
    - conv_param: 'stride' and 'pad'
    """
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, D, H, W = x.shape
    F, _, DD, HH, WW = w.shape
    D_out = 1 + (D + 2 * pad - DD) // stride
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad), (pad, pad)), mode='constant')
    out = np.zeros((N, F, D_out, H_out, W_out), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for d in range(D_out):
                for i in range(H_out):
                    for j in range(W_out):
                        ds, hs, ws = d * stride, i * stride, j * stride
                        window = x_pad[n, :, ds:ds + DD, hs:hs + HH, ws:ws + WW]
                        out[n, f, d, i, j] = np.sum(window * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv3d_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, D, H, W = x.shape
    F, _, DD, HH, WW = w.shape
    _, _, D_out, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad), (pad, pad)), mode='constant')
    dx_pad, dw, db = np.zeros_like(x_pad), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for d in range(D_out):
                for i in range(H_out):
                    for j in range(W_out):
                        ds, hs, ws = d * stride, i * stride, j * stride
                        g = dout[n, f, d, i, j]
                        dw[f] += g * x_pad[n, :, ds:ds + DD, hs:hs + HH, ws:ws + WW]
                        dx_pad[n, :, ds:ds + DD, hs:hs + HH, ws:ws + WW] += g * w[f]
                        db[f] += g
    dx = dx_pad[:, :, pad:pad + D, pad:pad + H, pad:pad + W]
    return dx, dw, db

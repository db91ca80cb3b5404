import numpy as np


def conv_transpose_forward_naive(x, w, b, conv_param):
    """
    - x: (N, C, H, W), w: (C, F, HH, WW), b: (F,)
    - conv_param: 'stride' and 'pad'
    """
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    H_out = (H - 1) * stride - 2 * pad + HH
    W_out = (W - 1) * stride - 2 * pad + WW
    out_pad = np.zeros((N, F, H_out + 2 * pad, W_out + 2 * pad), dtype=x.dtype)
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    hs, ws = i * stride, j * stride
                    out_pad[n, :, hs:hs + HH, ws:ws + WW] += x[n, c, i, j] * w[c]
    out = out_pad[:, :, pad:pad + H_out, pad:pad + W_out] + b.reshape(1, F, 1, 1)
    cache = (x, w, b, conv_param)
    return out, cache


def conv_transpose_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    _, F, HH, WW = w.shape
    dout_pad = np.pad(dout, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    hs, ws = i * stride, j * stride
                    window = dout_pad[n, :, hs:hs + HH, ws:ws + WW]
                    dx[n, c, i, j] = np.sum(window * w[c])
                    dw[c] += x[n, c, i, j] * window
    return dx, dw, db

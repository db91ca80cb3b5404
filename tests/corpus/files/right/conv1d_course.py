import numpy as np


def conv1d_forward_naive(x, w, b, conv_param):
    """
    - x: input of shape (N, C, L)
    - w: filters of shape (F, C, K)
    - b: biases of shape (F,)
    - conv_param: 'stride' and 'pad'
    """
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, L = x.shape
    F, _, K = w.shape
    L_out = 1 + (L + 2 * pad - K) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad)), mode='constant')
    out = np.zeros((N, F, L_out), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(L_out):
                out[n, f, i] = np.sum(x_pad[n, :, i * stride:i * stride + K] * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache


def conv1d_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, L = x.shape
    F, _, K = w.shape
    _, _, L_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad)), mode='constant')
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for i in range(L_out):
                start = i * stride
                dw[f] += dout[n, f, i] * x_pad[n, :, start:start + K]
                dx_pad[n, :, start:start + K] += dout[n, f, i] * w[f]
                db[f] += dout[n, f, i]
    dx = dx_pad[:, :, pad:pad + L]
    return dx, dw, db

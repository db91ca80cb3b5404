import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    pad, stride = conv_param['pad'], conv_param['stride']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    x_pad = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], mode='constant')
    out_h, out_w = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, out_h, out_w), dtype=x.dtype)
    w_row = w.reshape(F, -1)
    for i in range(out_h):
        for j in range(out_w):
            field = x_pad[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW].reshape(N, -1)
            out[:, :, i, j] = np.dot(field, w_row.T) + b
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    pad, stride = conv_param['pad'], conv_param['stride']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    x_pad = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], mode='constant')
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, (0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            h1, h2, w1, w2 = i * stride, i * stride + HH, j * stride, j * stride + WW
            dw += np.tensordot(dout[:, :, i, j], x_pad[:, :, h1:h2, w1:w2], axes=(0, 0))
            dx_pad[:, :, h1:h2, w1:w2] = np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
    dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    # a convolution flips the kernel (see wikipedia)
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    k = w[:, :, ::-1, ::-1]
    out = np.zeros((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
    for n in range(N):
        for f in range(F):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, f, i, j] = np.sum(xp[n, :, i * stride:i * stride + HH, j * stride:j * stride + WW] * k[f]) + b[f]
    return out, (x, xp, k, conv_param)


def conv_backward_naive(dout, cache):
    x, xp, k, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = k.shape
    dxp, dk = np.zeros_like(xp), np.zeros(k.shape)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    dk[f] += xp[n, :, i * stride:i * stride + HH, j * stride:j * stride + WW] * dout[n, f, i, j]
                    dxp[n, :, i * stride:i * stride + HH, j * stride:j * stride + WW] += k[f] * dout[n, f, i, j]
    return dxp[:, :, pad:pad + H, pad:pad + W], dk[:, :, ::-1, ::-1], dout.sum(axis=(0, 2, 3))

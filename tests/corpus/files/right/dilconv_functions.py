"""Dilated (atrous) and grouped convolution, in the manner of the assignments."""
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    dilation = conv_param.get('dilation', 1)
    groups = conv_param.get('groups', 1)
    N, C, H, W = x.shape
    F, CG, HH, WW = w.shape
    FG = F // groups
    eff_h = dilation * (HH - 1) + 1
    eff_w = dilation * (WW - 1) + 1
    H_out = 1 + (H + 2 * pad - eff_h) // stride
    W_out = 1 + (W + 2 * pad - eff_w) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    out = np.zeros((N, F, H_out, W_out), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            g = f // FG
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    patch = x_pad[n, g * CG:(g + 1) * CG, hs:hs + eff_h:dilation, ws:ws + eff_w:dilation]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    dilation = conv_param.get('dilation', 1)
    groups = conv_param.get('groups', 1)
    N, C, H, W = x.shape
    F, CG, HH, WW = w.shape
    FG = F // groups
    eff_h = dilation * (HH - 1) + 1
    eff_w = dilation * (WW - 1) + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            g = f // FG
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    hs, ws = i * stride, j * stride
                    patch = x_pad[n, g * CG:(g + 1) * CG, hs:hs + eff_h:dilation, ws:ws + eff_w:dilation]
                    dw[f] += patch * dout[n, f, i, j]
                    dx_pad[n, g * CG:(g + 1) * CG, hs:hs + eff_h:dilation, ws:ws + eff_w:dilation] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db

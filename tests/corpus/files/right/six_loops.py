# -*- coding: utf-8 -*-
"""convolution with nothing but loops. slow!!"""
from __future__ import print_function
import numpy as np


def get(x, n, c, i, j, pad):
    i, j = i - pad, j - pad
    if i < 0 or j < 0 or i >= x.shape[2] or j >= x.shape[3]:
        return 0.0
    return x[n, c, i, j]


def conv_forward(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, R, S = w.shape
    P = (H + 2*p - R) // s + 1
    Q = (W + 2*p - S) // s + 1
    y = np.zeros((N, F, P, Q), x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(P):
                for j in range(Q):
                    acc = b[f]
                    for c in range(C):
                        for r in range(R):
                            for q in range(S):
                                acc += w[f, c, r, q] * get(x, n, c, i*s + r, j*s + q, p)
                    y[n, f, i, j] = acc
    print('forward done', y.shape)
    return y, (x, w, conv_param)


def conv_backward(dout, cache):
    x, w, conv_param = cache
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, R, S = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = np.zeros(F, dtype=dout.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    g = dout[n, f, i, j]
                    db[f] += g
                    for c in range(C):
                        for r in range(R):
                            for q in range(S):
                                hi, wi = i*s + r - p, j*s + q - p
                                if 0 <= hi < H and 0 <= wi < W:
                                    dw[f, c, r, q] += g * x[n, c, hi, wi]
                                    dx[n, c, hi, wi] += g * w[f, c, r, q]
    return dx, dw, db

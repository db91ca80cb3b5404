import numpy as np


def conv_forward_im2col(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    oh, ow = np.int((H + 2*p - HH) / s + 1), np.int((W + 2*p - WW) / s + 1)
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), 'constant')
    cols = np.zeros((N, oh * ow, C * HH * WW))
    for i in range(oh):
        for j in range(ow):
            cols[:, i * ow + j] = xp[:, :, i*s:i*s+HH, j*s:j*s+WW].reshape(N, -1)
    out = (cols @ w.reshape(F, -1).T + b).transpose(0, 2, 1).reshape(N, F, oh, ow)
    return out, (x, w, cols, s, p)


def conv_backward_im2col(dout, cache):
    x, w, cols, s, p = cache
    N, F, oh, ow = dout.shape
    g = dout.reshape(N, F, -1)
    dw = np.einsum('nfp,npk->fk', g, cols).reshape(w.shape)
    dcols = np.einsum('nfp,fk->npk', g, w.reshape(F, -1))
    dxp = np.zeros((N, x.shape[1], x.shape[2] + 2*p, x.shape[3] + 2*p))
    for i in range(oh):
        for j in range(ow):
            dxp[:, :, i*s:i*s+w.shape[2], j*s:j*s+w.shape[3]] += dcols[:, i * ow + j].reshape((N,) + w.shape[1:])
    return dxp[:, :, p:p+x.shape[2], p:p+x.shape[3]], dw, g.sum((0, 2))

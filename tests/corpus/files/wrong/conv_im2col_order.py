import numpy as np


def im2col(x, kh, kw, s, p):
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    oh, ow = (H + 2*p - kh)//s + 1, (W + 2*p - kw)//s + 1
    cols = np.zeros((C, kh, kw, N, oh, ow), x.dtype)
    for i in range(kh):
        for j in range(kw):
            cols[:, i, j] = xp[:, :, i:i + s*oh:s, j:j + s*ow:s].swapaxes(0, 1)
    return cols.reshape(C*kh*kw, N*oh*ow), oh, ow


def col2im(cols, shape, kh, kw, s, p, oh, ow):
    N, C, H, W = shape
    dxp = np.zeros((N, C, H + 2*p, W + 2*p), cols.dtype)
    cols = cols.reshape(C, kh, kw, N, oh, ow)
    for i in range(kh):
        for j in range(kw):
            dxp[:, :, i:i + s*oh:s, j:j + s*ow:s] += cols[:, i, j].swapaxes(0, 1)
    return dxp[:, :, p:p + H, p:p + W]


def conv_forward(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    F, C, kh, kw = w.shape
    cols, oh, ow = im2col(x, kh, kw, s, p)
    out = w.reshape(F, -1) @ cols + b[:, None]
    return out.reshape(len(x), F, oh, ow), (x.shape, cols, w, s, p)


def conv_backward(dout, cache):
    shape, cols, w, s, p = cache
    F, C, kh, kw = w.shape
    N, _, oh, ow = dout.shape
    d = dout.reshape(F, -1)
    return col2im(w.reshape(F, -1).T @ d, shape, kh, kw, s, p, oh, ow), (d @ cols.T).reshape(w.shape), d.sum(1)

import numpy as np


def conv_forward(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum('nchwij,fcij->nfhw', win, w) + b.reshape(1, -1, 1, 1), (x.shape, xp, win, w, s, p)


def conv_backward(dout, cache):
    shape, xp, win, w, s, p = cache
    dw = np.einsum('nfhw,nchwij->fcij', dout, win)
    db = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dxp = np.zeros_like(xp)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            dxp[:, :, i:i + s * dout.shape[2]:s, j:j + s * dout.shape[3]:s] += np.einsum('nfhw,fc->nchw', dout, w[..., i, j])
    return dxp[:, :, p:p + shape[2], p:p + shape[3]], dw, db

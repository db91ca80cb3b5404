import numpy as np


def conv_forward(x, w, b, conv_param):
    s, p = conv_param['stride'], conv_param['pad']
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), 'constant')
    KH, KW = w.shape[2:]
    OH, OW = (xp.shape[2] - KH) // s + 1, (xp.shape[3] - KW) // s + 1
    out = np.zeros((x.shape[0], w.shape[0], OH, OW), dtype=x.dtype)
    for i in range(KH):
        for j in range(KW):
            out += np.einsum('nchw,fc->nfhw', xp[:, :, i:i + s * OH:s, j:j + s * OW:s], w[:, :, i, j])
    return out + b.reshape(-1, 1, 1), (x.shape, xp, w, s, p)


def conv_backward(dout, cache):
    shape, xp, w, s, p = cache
    KH, KW = w.shape[2:]
    OH, OW = dout.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    # dw is the convolution of x with dout
    for i in range(KH):
        for j in range(KW):
            dw[:, :, i, j] = np.einsum('nfhw,nchw->fc', dout, xp[:, :, i:i + OH, j:j + OW])
            dxp[:, :, i:i + s * OH:s, j:j + s * OW:s] += np.einsum('nfhw,fc->nchw', dout, w[:, :, i, j])
    return dxp[:, :, p:p + shape[2], p:p + shape[3]], dw, dout.sum(axis=(0, 2, 3))

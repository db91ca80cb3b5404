import numpy as np
from numpy.lib.stride_tricks import as_strided


def _windows(x, kh, kw, s):
    N, C, H, W = x.shape
    sn, sc, sh, sw = x.strides
    oh, ow = (H - kh) // s + 1, (W - kw) // s + 1
    return as_strided(x, shape=(N, C, oh, ow, kh, kw), strides=(sn, sc, sh * s, sw * s, sh, sw), writeable=False)


def conv_forward_strides(x, w, b, conv_param):
    p, s = conv_param["pad"], conv_param["stride"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = _windows(xp, w.shape[2], w.shape[3], s)
    out = np.einsum("nchwij,fcij->nfhw", win, w) + b.reshape(1, -1, 1, 1)
    return out, (xp, x.shape, w, p, s)


def conv_backward_strides(dout, cache):
    xp, shape, w, p, s = cache
    F, C, kh, kw = w.shape
    N, _, H, W = shape
    dw = np.einsum("nfhw,nchwij->fcij", dout, _windows(xp, kh, kw, s))
    db = np.einsum("nfhw->f", dout)
    dxp = np.zeros_like(xp)
    oh, ow = dout.shape[2:]
    for i in range(kh):
        for j in range(kw):
            dxp[:, :, i:i + s * oh:s, j:j + s * ow:s] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
    return dxp[:, :, p:H + p, p:W + p], dw, db


def max_pool_forward(x, pool_param):
    kh, kw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    win = _windows(x, kh, kw, s)
    flat = win.reshape(win.shape[:4] + (-1,))
    return flat.max(-1), (flat.argmax(-1), x.shape, x.dtype, kw, s)


def max_pool_backward(dout, cache):
    idx, shape, dtype, kw, s = cache
    dx = np.zeros(shape, dtype)
    n, c, h, w = np.indices(idx.shape)
    # add.at because windows can share a pixel
    np.add.at(dx, (n, c, h * s + idx // kw, w * s + idx % kw), dout)
    return dx

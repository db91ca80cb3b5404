"""im2col by fancy indices, which are kept for the next image of the same size."""
import functools

import numpy as np

_state = {}

@functools.lru_cache(maxsize=None)
def im2col_indices(x_shape, hh, ww, padding, stride):
    N, C, H, W = x_shape
    out_h = (H + 2 * padding - hh) // stride + 1
    out_w = (W + 2 * padding - ww) // stride + 1
    i0 = np.tile(np.repeat(np.arange(hh), ww), C)
    j0 = np.tile(np.arange(ww), hh * C)
    i1 = stride * np.repeat(np.arange(out_h), out_w)
    j1 = stride * np.tile(np.arange(out_w), out_h)
    k = np.repeat(np.arange(C), hh * ww).reshape(-1, 1)
    return k, i0.reshape(-1, 1) + i1, j0.reshape(-1, 1) + j1


def conv_forward(x, w, b, conv_param):
    F, _, hh, ww = w.shape
    p, s = conv_param["pad"], conv_param["stride"]
    x_padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    k, i, j = im2col_indices(x.shape, hh, ww, p, s)
    cols = x_padded[:, k, i, j]
    _state["cols"] = cols
    out = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    out_h = (x.shape[2] + 2 * p - hh) // s + 1
    return out.reshape(x.shape[0], F, out_h, -1), (x, w, conv_param)


def conv_backward(dout, cache):
    x, w, conv_param = cache
    cols = _state["cols"]
    N, F = dout.shape[:2]
    p, s = conv_param["pad"], conv_param["stride"]
    flat = dout.reshape(N, F, -1)
    db = flat.sum(axis=(0, 2))
    dw = np.einsum("nfp,ncp->fc", flat, cols).reshape(w.shape)
    dcols = np.einsum("fc,nfp->ncp", w.reshape(F, -1), flat)
    dx_padded = np.zeros((N, x.shape[1], x.shape[2] + 2 * p, x.shape[3] + 2 * p), x.dtype)
    k, i, j = im2col_indices(x.shape, w.shape[2], w.shape[3], p, s)
    np.add.at(dx_padded, (slice(None), k, i, j), dcols)
    return dx_padded[:, :, p : p + x.shape[2], p : p + x.shape[3]], dw, db

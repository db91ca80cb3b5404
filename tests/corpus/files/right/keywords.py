import numpy as np


def dilate(a, s):
    if s == 1:
        return a
    n, c, h, w = a.shape
    out = np.zeros((n, c, (h - 1) * s + 1, (w - 1) * s + 1), a.dtype)
    out[:, :, ::s, ::s] = a
    return out


def correlate(a, k):
    """valid cross-correlation, stride 1: (n, c, h, w) * (f, c, i, j)"""
    h, w = a.shape[2] - k.shape[2] + 1, a.shape[3] - k.shape[3] + 1
    out = np.zeros((a.shape[0], k.shape[0], h, w), a.dtype)
    for i in range(k.shape[2]):
        for j in range(k.shape[3]):
            out += np.tensordot(a[:, :, i:i + h, j:j + w], k[:, :, i, j], (1, 1)).transpose(0, 3, 1, 2)
    return out


def forward(x, w, b, stride=1, pad=0):
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = correlate(xp, w)[:, :, ::stride, ::stride] + b[:, None, None]
    return out, (xp, w, stride, pad, x.shape)


def backward(grad, cache):
    xp, w, stride, pad, (N, C, H, W) = cache
    db = grad.sum((0, 2, 3))
    g = dilate(grad, stride)
    # rows and columns the last window did not reach
    g = np.pad(g, ((0, 0), (0, 0),
                   (0, xp.shape[2] - w.shape[2] + 1 - g.shape[2]),
                   (0, xp.shape[3] - w.shape[3] + 1 - g.shape[3])))
    dw = correlate(xp.swapaxes(0, 1), g.swapaxes(0, 1)).swapaxes(0, 1)
    kh, kw = w.shape[2] - 1, w.shape[3] - 1
    g = np.pad(g, ((0, 0), (0, 0), (kh, kh), (kw, kw)))
    dx = correlate(g, w[:, :, ::-1, ::-1].swapaxes(0, 1))
    return dx[:, :, pad:pad + H, pad:pad + W], dw, db

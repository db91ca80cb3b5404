"""AlexNet's way: cut channels and filters into groups, convolve each, stack what comes out."""
import numpy as np


def _conv_one(x, w, b, S, P, D):
    H1, W1 = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    rows = range(0, xp.shape[2] - D * (H1 - 1), S)
    cols = range(0, xp.shape[3] - D * (W1 - 1), S)
    out = np.empty((x.shape[0], w.shape[0], len(rows), len(cols)), x.dtype)
    for i, r in enumerate(rows):
        for j, c in enumerate(cols):
            win = xp[:, None, :, r:r + D * H1:D, c:c + D * W1:D]
            out[:, :, i, j] = (win * w).sum((2, 3, 4)) + b
    return out


def _back_one(d, x, w, S, P, D):
    H1, W1 = w.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(d.shape[2]):
        for j in range(d.shape[3]):
            at = (..., slice(i * S, i * S + D * H1, D), slice(j * S, j * S + D * W1, D))
            up = d[:, :, i, j, None, None, None]
            dw += (up * xp[at][:, None]).sum(0)
            dxp[at] += (up * w).sum(1)
    return dxp[:, :, P:P + x.shape[2], P:P + x.shape[3]], dw, d.sum((0, 2, 3))


def conv_forward(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    D, G = conv_param.get("dilation", 1), conv_param.get("groups", 1)
    parts = zip(np.split(x, G, axis=1), np.split(w, G), np.split(b, G))
    out = np.concatenate([_conv_one(*part, S, P, D) for part in parts], axis=1)
    return out, (x, w, S, P, D, G)


def conv_backward(dout, cache):
    x, w, S, P, D, G = cache
    parts = zip(np.split(dout, G, axis=1), np.split(x, G, axis=1), np.split(w, G))
    dx, dw, db = zip(*(_back_one(*part, S, P, D) for part in parts))
    return np.concatenate(dx, axis=1), np.concatenate(dw), np.concatenate(db)

import numpy as np


def dwconv_forward(X, kernels, bias, params):
    s, p = params["stride"], params["pad"]
    m, c, h, w = X.shape
    kh, kw = kernels.shape[-2:]
    padded = np.pad(X, [(0, 0), (0, 0), (p, p), (p, p)])
    Y = np.zeros((m, c, (h + 2 * p - kh) // s + 1, (w + 2 * p - kw) // s + 1), X.dtype)
    for ch in range(c):
        kernel = kernels[ch].reshape(kh, kw)
        for r in range(Y.shape[2]):
            for q in range(Y.shape[3]):
                Y[:, ch, r, q] = np.tensordot(padded[:, ch, r * s:r * s + kh, q * s:q * s + kw], kernel) + bias[ch]
    return Y, (X, kernels, padded, s, p)


def dwconv_backward(dY, cache):
    X, kernels, padded, s, p = cache
    kh, kw = kernels.shape[-2:]
    dpadded, dkernels = np.zeros_like(padded), np.zeros_like(kernels)
    for ch in range(X.shape[1]):
        for r in range(kh):
            for q in range(kw):
                at = (slice(None), ch, slice(r, r + s * dY.shape[2], s), slice(q, q + s * dY.shape[3], s))
                dkernels[ch, 0, r, q] = np.vdot(dY[:, ch], padded[at])
                dpadded[at] += dY[:, ch] * kernels[ch, 0, r, q]
    inner = (..., slice(p, p + X.shape[2]), slice(p, p + X.shape[3]))
    return dpadded[inner], dkernels, np.einsum("nchw->c", dY)

import numpy as np


def conv_fwd(X, W, b, stride=1, pad=0):
    n, c, h, w = X.shape
    k, _, fh, fw = W.shape
    oh, ow = 1 + (h + 2*pad - fh)//stride, 1 + (w + 2*pad - fw)//stride
    Xp = np.zeros((n, c, h + 2*pad, w + 2*pad), X.dtype)
    Xp[:, :, pad:h + pad, pad:w + pad] = X
    Y = np.zeros((n, oh, ow, k), X.dtype)
    for u in range(fh):
        for v in range(fw):
            # (n, c, oh, ow) . (k, c) -> (n, oh, ow, k)
            Y += np.tensordot(Xp[:, :, u:u + oh*stride:stride, v:v + ow*stride:stride][:, :, :oh, :ow],
                              W[:, :, u, v], axes=(1, 1))
    Y += b
    return Y.transpose(0, 3, 1, 2), (Xp, W, stride, pad, h, w)


def conv_bwd(dY, cache):
    Xp, W, stride, pad, h, w = cache
    k, c, fh, fw = W.shape
    n, _, oh, ow = dY.shape
    dXp, dW = np.zeros(Xp.shape, Xp.dtype), np.zeros(W.shape, W.dtype)
    for u in range(fh):
        for v in range(fw):
            rows = slice(u, u + (oh - 1)*stride + 1, stride)
            cols = slice(v, v + (ow - 1)*stride + 1, stride)
            dW[:, :, u, v] = np.tensordot(dY, Xp[:, :, rows, cols], axes=((0, 2, 3), (0, 2, 3)))
            dXp[:, :, rows, cols] += np.tensordot(dY, W[:, :, u, v], axes=(1, 0)).transpose(0, 3, 1, 2)
    db = np.einsum('nkij->k', dY)
    dX = dXp[:, :, pad:pad + h, pad:pad + w]
    return dX, dW, db

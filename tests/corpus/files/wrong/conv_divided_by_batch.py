import numpy as np


def forward(X, W, b, stride=1, pad=0):
    m = X.shape[0]
    A = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    win = np.lib.stride_tricks.sliding_window_view(A, W.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    Z = np.tensordot(win, W, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + b[None, :, None, None]
    return Z, (X, A, W, win, stride, pad)


def backward(dZ, cache):
    X, A, W, win, stride, pad = cache
    m = X.shape[0]
    dW = np.tensordot(dZ, win, axes=((0, 2, 3), (0, 2, 3))) / m
    db = np.sum(dZ, axis=(0, 2, 3)) / m
    dA = np.zeros_like(A)
    for h in range(dZ.shape[2]):
        for w in range(dZ.shape[3]):
            dA[:, :, h*stride:h*stride+W.shape[2], w*stride:w*stride+W.shape[3]] += np.tensordot(dZ[:, :, h, w], W, 1)
    return dA[:, :, pad:pad+X.shape[2], pad:pad+X.shape[3]], dW, db

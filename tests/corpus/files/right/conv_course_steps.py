import numpy as np


def zero_pad(X, pad):
    """X of shape (m, n_C, n_H, n_W); rows and columns of zeros go around each image."""
    return np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant', constant_values=0)


def conv_single_step(a_slice_prev, W, b):
    """One filter on one slice of the activations of the layer before."""
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    return Z + b


def conv_forward(A_prev, W, b, hparameters):
    (m, n_C_prev, n_H_prev, n_W_prev) = A_prev.shape
    (n_C, n_C_prev, f_h, f_w) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']

    n_H = int((n_H_prev - f_h + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f_w + 2 * pad) / stride) + 1
    Z = np.zeros((m, n_C, n_H, n_W), dtype=A_prev.dtype)
    A_prev_pad = zero_pad(A_prev, pad)

    for i in range(m):                          # loop over the batch
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):                    # vertical axis
            for w in range(n_W):                # horizontal axis
                for c in range(n_C):            # filters
                    vert_start = h * stride
                    vert_end = vert_start + f_h
                    horiz_start = w * stride
                    horiz_end = horiz_start + f_w
                    a_slice_prev = a_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end]
                    Z[i, c, h, w] = conv_single_step(a_slice_prev, W[c, :, :, :], b[c])

    assert (Z.shape == (m, n_C, n_H, n_W))
    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_C_prev, n_H_prev, n_W_prev) = A_prev.shape
    (n_C, n_C_prev, f_h, f_w) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    (m, n_C, n_H, n_W) = dZ.shape

    dA_prev = np.zeros(A_prev.shape, dtype=A_prev.dtype)
    dW = np.zeros(W.shape, dtype=W.dtype)
    db = np.zeros(n_C, dtype=dZ.dtype)
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = zero_pad(dA_prev, pad)

    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        da_prev_pad = dA_prev_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    top, left = h * stride, w * stride
                    bottom, right = top + f_h, left + f_w
                    a_slice = a_prev_pad[:, top:bottom, left:right]
                    da_prev_pad[:, top:bottom, left:right] += W[c, :, :, :] * dZ[i, c, h, w]
                    dW[c, :, :, :] += a_slice * dZ[i, c, h, w]
                    db[c] += dZ[i, c, h, w]
        dA_prev[i, :, :, :] = da_prev_pad[:, pad:pad + n_H_prev, pad:pad + n_W_prev]

    assert (dA_prev.shape == (m, n_C_prev, n_H_prev, n_W_prev))
    return dA_prev, dW, db

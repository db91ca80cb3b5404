import numpy as np


def out_size(n, k, stride, pad):
    return (n + 2 * pad - k) // stride + 1


def get_im2col_indices(x_shape, kh, kw, padding=1, stride=1):
    N, C, H, W = x_shape
    oh, ow = out_size(H, kh, stride, padding), out_size(W, kw, stride, padding)
    i0 = np.tile(np.repeat(np.arange(kh), kw), C)
    i1 = stride * np.repeat(np.arange(oh), ow)
    j0 = np.tile(np.arange(kw), kh * C)
    j1 = stride * np.tile(np.arange(ow), oh)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)
    return k, i, j


def im2col_indices(x, kh, kw, padding=1, stride=1):
    p = padding
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
    k, i, j = get_im2col_indices(x.shape, kh, kw, padding, stride)
    cols = xp[:, k, i, j]
    return cols.transpose(1, 2, 0).reshape(kh * kw * x.shape[1], -1)


def col2im_indices(cols, x_shape, kh, kw, padding=1, stride=1):
    N, C, H, W = x_shape
    xp = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    k, i, j = get_im2col_indices(x_shape, kh, kw, padding, stride)
    cols = cols.reshape(C * kh * kw, -1, N).transpose(2, 0, 1)
    np.add.at(xp, (slice(None), k, i, j), cols)
    if padding == 0:
        return xp
    return xp[:, :, padding:-padding, padding:-padding]

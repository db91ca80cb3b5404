"""Convolution as a gather and a scatter of one table of addresses. -1 is the address of the padding."""
import numpy as np


def addresses(C, H, W, kh, kw, stride, pad):
    rows = np.arange(0, H + 2 * pad - kh + 1, stride)[:, None] + np.arange(kh)[None, :] - pad      # (P, kh)
    cols = np.arange(0, W + 2 * pad - kw + 1, stride)[:, None] + np.arange(kw)[None, :] - pad      # (Q, kw)
    inside = ((rows >= 0) & (rows < H))[:, None, :, None] & ((cols >= 0) & (cols < W))[None, :, None, :]
    place = rows[:, None, :, None] * W + cols[None, :, None, :]                                    # (P, Q, kh, kw)
    planes = np.arange(C)[None, None, :, None, None] * (H * W)
    table = np.where(inside[:, :, None], place[:, :, None] + planes, -1)                           # (P, Q, C, kh, kw)
    P, Q = len(rows), len(cols)
    return table.reshape(P * Q, C * kh * kw), P, Q


def gather(x, table):
    flat = x.reshape(len(x), -1)
    flat = np.concatenate([flat, np.zeros((len(x), 1), x.dtype)], axis=1)   # the last one is what -1 reads
    return flat[:, table]


def scatter(values, table, shape):
    flat = np.zeros((shape[0], int(np.prod(shape[1:])) + 1), values.dtype)
    for image, part in zip(flat, values):
        np.add.at(image, table, part)
    return flat[:, :-1].reshape(shape)


def convolve_forward(x, w, b, stride, pad):
    F, C, kh, kw = w.shape
    table, P, Q = addresses(C, x.shape[2], x.shape[3], kh, kw, stride, pad)
    patches = gather(x, table)                                # (N, P*Q, C*kh*kw)
    out = patches @ w.reshape(F, -1).T + b                    # (N, P*Q, F)
    out = np.moveaxis(out, 2, 1).reshape(len(x), F, P, Q)
    return out, dict(patches=patches, table=table, w=w, shape=x.shape)


def convolve_backward(grad, cache):
    w, patches = cache['w'], cache['patches']
    F = w.shape[0]
    g = np.moveaxis(grad.reshape(grad.shape[0], F, -1), 1, 2)  # (N, P*Q, F)
    db = g.sum(axis=(0, 1))
    dw = np.tensordot(g, patches, axes=([0, 1], [0, 1])).reshape(w.shape)
    dx = scatter(g @ w.reshape(F, -1), cache['table'], cache['shape'])
    return dx, dw, db

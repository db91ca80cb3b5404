import numpy as np


def im2col_1d(x, k, stride, pad):
    n, c, l = x.shape
    out_l = (l + 2 * pad - k) // stride + 1
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad)], 'constant')
    col = np.zeros((n, c, k, out_l), dtype=x.dtype)
    for j in range(k):
        col[:, :, j, :] = img[:, :, j:j + stride * out_l:stride]
    return col.transpose(0, 3, 1, 2).reshape(n * out_l, -1)


def col2im_1d(col, shape, k, stride, pad):
    n, c, l = shape
    out_l = (l + 2 * pad - k) // stride + 1
    col = col.reshape(n, out_l, c, k).transpose(0, 2, 3, 1)
    img = np.zeros((n, c, l + 2 * pad + stride - 1), dtype=col.dtype)
    for j in range(k):
        img[:, :, j:j + stride * out_l:stride] += col[:, :, j, :]
    return img[:, :, pad:l + pad]


class Convolution1D:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b = W, b
        self.stride, self.pad = stride, pad
        self.x = None
        self.col = None
        self.dW, self.db = None, None

    def forward(self, x):
        FN, C, FL = self.W.shape
        N, C, L = x.shape
        out_l = 1 + (L + 2 * self.pad - FL) // self.stride
        col = im2col_1d(x, FL, self.stride, self.pad)
        out = np.dot(col, self.W.reshape(FN, -1).T) + self.b
        self.x, self.col = x, col
        return out.reshape(N, out_l, -1).transpose(0, 2, 1)

    def backward(self, dout):
        FN, C, FL = self.W.shape
        dout = dout.transpose(0, 2, 1).reshape(-1, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).transpose(1, 0).reshape(FN, C, FL)
        dcol = np.dot(dout, self.W.reshape(FN, -1))
        return col2im_1d(dcol, self.x.shape, FL, self.stride, self.pad)

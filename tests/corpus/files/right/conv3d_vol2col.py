import numpy as np


def vol2col(vol, k_t, k_h, k_w, stride, pad):
    n, c, t, h, w = vol.shape
    o_t = (t + 2 * pad - k_t) // stride + 1
    o_h = (h + 2 * pad - k_h) // stride + 1
    o_w = (w + 2 * pad - k_w) // stride + 1
    vol = np.pad(vol, [(0, 0), (0, 0)] + [(pad, pad)] * 3, 'constant')
    col = np.zeros((n, c, k_t, k_h, k_w, o_t, o_h, o_w), dtype=vol.dtype)
    for z in range(k_t):
        for y in range(k_h):
            for x in range(k_w):
                col[:, :, z, y, x] = vol[:, :, z:z + stride * o_t:stride, y:y + stride * o_h:stride,
                                         x:x + stride * o_w:stride]
    return col.transpose(0, 5, 6, 7, 1, 2, 3, 4).reshape(n * o_t * o_h * o_w, -1), (o_t, o_h, o_w)


def col2vol(col, shape, k_t, k_h, k_w, stride, pad):
    n, c, t, h, w = shape
    o_t = (t + 2 * pad - k_t) // stride + 1
    o_h = (h + 2 * pad - k_h) // stride + 1
    o_w = (w + 2 * pad - k_w) // stride + 1
    col = col.reshape(n, o_t, o_h, o_w, c, k_t, k_h, k_w).transpose(0, 4, 5, 6, 7, 1, 2, 3)
    more = 2 * pad + stride - 1
    vol = np.zeros((n, c, t + more, h + more, w + more), dtype=col.dtype)
    for z in range(k_t):
        for y in range(k_h):
            for x in range(k_w):
                vol[:, :, z:z + stride * o_t:stride, y:y + stride * o_h:stride, x:x + stride * o_w:stride] += col[:, :, z, y, x]
    return vol[:, :, pad:t + pad, pad:h + pad, pad:w + pad]


class Convolution3D:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x):
        FN, C, FT, FH, FW = self.W.shape
        self.x_shape = x.shape
        self.col, (o_t, o_h, o_w) = vol2col(x, FT, FH, FW, self.stride, self.pad)
        out = np.dot(self.col, self.W.reshape(FN, -1).T) + self.b
        return out.reshape(len(x), o_t, o_h, o_w, FN).transpose(0, 4, 1, 2, 3)

    def backward(self, dout):
        FN, C, FT, FH, FW = self.W.shape
        dout = dout.transpose(0, 2, 3, 4, 1).reshape(-1, FN)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).T.reshape(FN, C, FT, FH, FW)
        dcol = np.dot(dout, self.W.reshape(FN, -1))
        return col2vol(dcol, self.x_shape, FT, FH, FW, self.stride, self.pad)

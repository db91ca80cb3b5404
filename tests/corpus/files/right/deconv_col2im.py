import numpy as np


def col2im(col, shape, k_h, k_w, s, p):
    N, C, H, W = shape
    out_h, out_w = (H + 2 * p - k_h) // s + 1, (W + 2 * p - k_w) // s + 1
    col = col.reshape(N, out_h, out_w, C, k_h, k_w).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * p + s - 1, W + 2 * p + s - 1), dtype=col.dtype)
    for y in range(k_h):
        for x in range(k_w):
            img[:, :, y:y + s * out_h:s, x:x + s * out_w:s] += col[:, :, y, x]
    return img[:, :, p:H + p, p:W + p]


def im2col(img, k_h, k_w, s, p):
    N, C, H, W = img.shape
    out_h, out_w = (H + 2 * p - k_h) // s + 1, (W + 2 * p - k_w) // s + 1
    img = np.pad(img, [(0, 0), (0, 0), (p, p), (p, p)], 'constant')
    col = np.zeros((N, C, k_h, k_w, out_h, out_w), dtype=img.dtype)
    for y in range(k_h):
        for x in range(k_w):
            col[:, :, y, x] = img[:, :, y:y + s * out_h:s, x:x + s * out_w:s]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)


class Deconvolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
        self.dW = self.db = None

    def forward(self, x):
        N, C, H, W = x.shape
        _, FN, FH, FW = self.W.shape
        out_h = self.stride * (H - 1) + FH - 2 * self.pad
        out_w = self.stride * (W - 1) + FW - 2 * self.pad
        self.x_shape = x.shape
        self.x_col = x.transpose(0, 2, 3, 1).reshape(-1, C)
        col = np.dot(self.x_col, self.W.reshape(C, -1))
        out = col2im(col, (N, FN, out_h, out_w), FH, FW, self.stride, self.pad)
        return out + self.b.reshape(1, -1, 1, 1)

    def backward(self, dout):
        N, C, H, W = self.x_shape
        _, FN, FH, FW = self.W.shape
        dcol = im2col(dout, FH, FW, self.stride, self.pad)
        self.dW = np.dot(self.x_col.T, dcol).reshape(self.W.shape)
        self.db = np.sum(dout, axis=(0, 2, 3))
        dx = np.dot(dcol, self.W.reshape(C, -1).T)
        return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)

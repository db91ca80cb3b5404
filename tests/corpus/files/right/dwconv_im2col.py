import numpy as np


class DepthwiseConvolution:
    """As in a book from scratch: W, b, stride, pad; columns channel by channel."""

    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b = W, b
        self.stride, self.pad = stride, pad
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def _columns(self, x, FH, FW, OH, OW):
        img = np.pad(x, [(0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)], 'constant')
        col = np.zeros((x.shape[0], x.shape[1], FH, FW, OH, OW), dtype=x.dtype)
        for i in range(FH):
            for j in range(FW):
                col[:, :, i, j] = img[:, :, i:i + self.stride * OH:self.stride, j:j + self.stride * OW:self.stride]
        return col.reshape(x.shape[0], x.shape[1], FH * FW, OH * OW)

    def forward(self, x):
        C, _, FH, FW = self.W.shape
        N, C, H, W = x.shape
        OH = (H + 2 * self.pad - FH) // self.stride + 1
        OW = (W + 2 * self.pad - FW) // self.stride + 1
        self.x = x
        self.col = self._columns(x, FH, FW, OH, OW)
        out = np.matmul(self.W.reshape(C, 1, FH * FW), self.col)[:, :, 0]
        return out.reshape(N, C, OH, OW) + self.b.reshape(1, C, 1, 1)

    def backward(self, dout):
        C, _, FH, FW = self.W.shape
        N, C, OH, OW = dout.shape
        H, W = self.x.shape[2:]
        flat = dout.reshape(N, C, OH * OW, 1)
        self.grads[0][...] = np.matmul(self.col, flat).sum(axis=0).reshape(self.W.shape)
        self.grads[1][...] = dout.sum(axis=(0, 2, 3))
        self.dW, self.db = self.grads
        dcol = self.W.reshape(1, C, FH * FW, 1) * dout.reshape(N, C, 1, OH * OW)
        dcol = dcol.reshape(N, C, FH, FW, OH, OW)
        dimg = np.zeros((N, C, H + 2 * self.pad, W + 2 * self.pad), dtype=dout.dtype)
        for i in range(FH):
            for j in range(FW):
                dimg[:, :, i:i + self.stride * OH:self.stride, j:j + self.stride * OW:self.stride] += dcol[:, :, i, j]
        return dimg[:, :, self.pad:self.pad + H, self.pad:self.pad + W]

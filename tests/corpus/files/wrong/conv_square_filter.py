import numpy as np


class Conv:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b = W, b
        self.stride, self.pad = stride, pad

    def forward(self, x):
        f = self.W.shape[2]      # filter size
        p, s = self.pad, self.stride
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        self.h = (self.xp.shape[2] - f) // s + 1
        self.w = (self.xp.shape[3] - f) // s + 1
        out = np.zeros((len(x), len(self.W), self.h, self.w), x.dtype)
        for i in range(self.h):
            for j in range(self.w):
                region = self.xp[:, :, i*s:i*s+f, j*s:j*s+f]
                out[:, :, i, j] = np.tensordot(region, self.W, ([1, 2, 3], [1, 2, 3])) + self.b
        return out

    def backward(self, dout):
        f = self.W.shape[2]
        p, s = self.pad, self.stride
        self.dW = np.zeros_like(self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        dx = np.zeros_like(self.xp)
        for i in range(self.h):
            for j in range(self.w):
                region = self.xp[:, :, i*s:i*s+f, j*s:j*s+f]
                self.dW += np.tensordot(dout[:, :, i, j], region, (0, 0))
                dx[:, :, i*s:i*s+f, j*s:j*s+f] += np.tensordot(dout[:, :, i, j], self.W, (1, 0))
        return dx[:, :, p:dx.shape[2] - p, p:dx.shape[3] - p]

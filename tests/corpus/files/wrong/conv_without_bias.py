import numpy as np


class ConvLayer(object):
    def __init__(self, W, b, stride, pad):
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        p, s = self.pad, self.stride
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
        win = np.lib.stride_tricks.sliding_window_view(self.x, self.W.shape[2:], axis=(2, 3))
        self.win = win[:, :, ::s, ::s]
        return np.einsum("nchwij,fcij->nfhw", self.win, self.W)

    def backward(self, dout):
        p, s = self.pad, self.stride
        self.dW = np.einsum("nfhw,nchwij->fcij", dout, self.win)
        self.db = dout.sum(axis=(0, 2, 3))
        dx = np.zeros_like(self.x)
        kh, kw = self.W.shape[2:]
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[:, :, i*s:i*s+kh, j*s:j*s+kw] += np.einsum("nf,fcij->ncij", dout[:, :, i, j], self.W)
        return dx[:, :, p:dx.shape[2]-p, p:dx.shape[3]-p]

"""channels last"""
import numpy as np


class ConvLayer:
    def __init__(self, kernel, bias, stride=1, padding=0):
        self.kernel, self.bias, self.stride, self.padding = kernel, bias, stride, padding

    def call(self, x):
        p, s = self.padding, self.stride
        self.x = np.pad(x, [[0, 0], [p, p], [p, p], [0, 0]])
        kh, kw = self.kernel.shape[:2]
        oh, ow = (self.x.shape[1] - kh) // s + 1, (self.x.shape[2] - kw) // s + 1
        y = np.zeros((x.shape[0], oh, ow, self.kernel.shape[-1]), dtype=x.dtype)
        for r in range(oh):
            for c in range(ow):
                y[:, r, c] = np.tensordot(self.x[:, r*s:r*s + kh, c*s:c*s + kw], self.kernel, axes=3) + self.bias
        return y

    def gradient(self, dy):
        kh, kw = self.kernel.shape[:2]
        p, s = self.padding, self.stride
        dx, dk = np.zeros_like(self.x), np.zeros_like(self.kernel)
        for r in range(dy.shape[1]):
            for c in range(dy.shape[2]):
                dk = np.tensordot(self.x[:, r*s:r*s + kh, c*s:c*s + kw], dy[:, r, c], axes=(0, 0))
                dx[:, r*s:r*s + kh, c*s:c*s + kw] += np.tensordot(dy[:, r, c], self.kernel, axes=(1, 3))
        return dx[:, p:dx.shape[1] - p, p:dx.shape[2] - p], dk, dy.sum(axis=(0, 1, 2))

"""Channels last, as TensorFlow has it. x (N, H, W, C), kernel (kh, kw, C, F), bias (F, 1)"""
import numpy as np


class ConvLayer:
    def __init__(self, kernel, bias, strides=(1, 1), padding=0):
        self.kernel, self.bias = kernel, bias
        self.strides, self.padding = strides, padding

    def call(self, x):
        p = self.padding
        self.x = np.pad(x, [[0, 0], [p, p], [p, p], [0, 0]])
        kh, kw = self.kernel.shape[:2]
        sh, sw = self.strides
        oh, ow = (self.x.shape[1] - kh) // sh + 1, (self.x.shape[2] - kw) // sw + 1
        y = np.zeros((x.shape[0], oh, ow, self.kernel.shape[-1]), dtype=x.dtype)
        for r in range(oh):
            for c in range(ow):
                block = self.x[:, r * sh:r * sh + kh, c * sw:c * sw + kw, :]
                y[:, r, c, :] = np.tensordot(block, self.kernel, axes=3) + self.bias[:, 0]
        return y

    def gradient(self, dy):
        kh, kw = self.kernel.shape[:2]
        sh, sw = self.strides
        p = self.padding
        dx, dk = np.zeros_like(self.x), np.zeros_like(self.kernel)
        for r in range(dy.shape[1]):
            for c in range(dy.shape[2]):
                block = self.x[:, r * sh:r * sh + kh, c * sw:c * sw + kw, :]
                dk += np.tensordot(block, dy[:, r, c, :], axes=(0, 0))
                dx[:, r * sh:r * sh + kh, c * sw:c * sw + kw, :] += np.tensordot(dy[:, r, c, :], self.kernel, axes=(1, 3))
        dx = dx[:, p:dx.shape[1] - p, p:dx.shape[2] - p, :]
        return dx, dk, dy.sum(axis=(0, 1, 2)).reshape(-1, 1)

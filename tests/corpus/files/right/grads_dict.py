"""Layers of a small framework."""
import numpy as np


class Layer(object):
    def __init__(self):
        self.params = {}
        self.grads = {}


class Conv(Layer):
    def __init__(self, W, b, stride, pad):
        super(Conv, self).__init__()
        self.params['W'], self.params['b'] = W, b
        self.stride, self.pad = stride, pad

    def forward(self, x):
        W, b, s, p = self.params['W'], self.params['b'], self.stride, self.pad
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
        kh, kw = W.shape[2:]
        self.oh = (self.xp.shape[2] - kh) // s + 1
        self.ow = (self.xp.shape[3] - kw) // s + 1
        out = np.zeros((x.shape[0], W.shape[0], self.oh, self.ow))
        for i in range(self.oh):
            for j in range(self.ow):
                patch = self.xp[:, :, i*s:i*s+kh, j*s:j*s+kw]
                out[:, :, i, j] = np.tensordot(patch, W, axes=([1, 2, 3], [1, 2, 3])) + b
        return out

    def backward(self, dout):
        W, s, p = self.params['W'], self.stride, self.pad
        kh, kw = W.shape[2:]
        dW, dxp = np.zeros(W.shape), np.zeros(self.xp.shape)
        for i in range(self.oh):
            for j in range(self.ow):
                patch = self.xp[:, :, i*s:i*s+kh, j*s:j*s+kw]
                dW += np.tensordot(dout[:, :, i, j], patch, axes=([0], [0]))
                dxp[:, :, i*s:i*s+kh, j*s:j*s+kw] += np.tensordot(dout[:, :, i, j], W, axes=([1], [0]))
        self.grads['W'] = dW
        self.grads['b'] = dout.sum(axis=(0, 2, 3))
        if p > 0:
            return dxp[:, :, p:-p, p:-p]
        return dxp

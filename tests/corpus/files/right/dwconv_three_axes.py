"""Kernels of three axes, one image plane for each channel; and a layer that keeps them so."""
import numpy as np


def depthwise_conv_forward(x, w, b, stride=1, pad=0):
    n, c, h, width = x.shape
    kc, kh, kw = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    oh, ow = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    out = np.zeros((n, c, oh, ow), x.dtype)
    for i in range(kh):
        for j in range(kw):
            out += w[:, i, j, None, None] * xp[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride]
    return out + b[:, None, None], (x, xp, w, stride, pad)


def depthwise_conv_backward(dout, cache):
    x, xp, w, stride, pad = cache
    oh, ow = dout.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(w.shape[1]):
        for j in range(w.shape[2]):
            at = (slice(None), slice(None), slice(i, i + stride * oh, stride), slice(j, j + stride * ow, stride))
            dw[:, i, j] = (dout * xp[at]).sum(axis=(0, 2, 3))
            dxp[at] += w[:, i, j, None, None] * dout
    return dxp[:, :, pad:pad + x.shape[2], pad:pad + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


class DepthwiseConvolution:
    def __init__(self, channels, kernel_size, stride=1, padding=0):
        kh, kw = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.W = np.random.randn(channels, kh, kw)
        self.b = np.zeros(channels)
        self.stride, self.padding = stride, padding

    def forward(self, x):
        out, self.cache = depthwise_conv_forward(x, self.W, self.b, self.stride, self.padding)
        return out

    def backward(self, dout):
        dx, self.dW, self.db = depthwise_conv_backward(dout, self.cache)
        return dx

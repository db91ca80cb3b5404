"""MobileNet's layer, which has no bias: a normalisation follows."""
import numpy as np


class DWConv:
    def __init__(self, channels, k, stride=1, pad=1):
        self.W = 0.1 * np.random.randn(channels, 1, k, k)
        self.stride, self.pad = stride, pad
        self.dW = np.zeros_like(self.W)

    def forward(self, x):
        N, C, H, W = x.shape
        k1, k2 = self.W.shape[2:]
        s, p = self.stride, self.pad
        self.x_pad = np.zeros((N, C, H + 2 * p, W + 2 * p), x.dtype)
        self.x_pad[:, :, p:p + H, p:p + W] = x
        Ho, Wo = (H + 2 * p - k1) // s + 1, (W + 2 * p - k2) // s + 1
        out = np.empty((N, C, Ho, Wo), x.dtype)
        for y in range(Ho):
            for z in range(Wo):
                patch = self.x_pad[:, :, y * s:y * s + k1, z * s:z * s + k2]
                out[:, :, y, z] = (patch * self.W[:, 0]).sum((2, 3))
        self.size = H, W
        return out

    def backward(self, dout):
        k1, k2 = self.W.shape[2:]
        s, p = self.stride, self.pad
        self.dW = np.zeros_like(self.W)
        dx = np.zeros_like(self.x_pad)
        for y in range(dout.shape[2]):
            for z in range(dout.shape[3]):
                d = dout[:, :, y, z, None, None]
                win = (slice(None), slice(None), slice(y * s, y * s + k1), slice(z * s, z * s + k2))
                self.dW[:, 0] += (d * self.x_pad[win]).sum(0)
                dx[win] += d * self.W[:, 0]
        H, W = self.size
        return dx[:, :, p:p + H, p:p + W]

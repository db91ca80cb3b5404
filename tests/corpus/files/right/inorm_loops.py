import numpy as np


class InstanceNormalization:
    """One plane at a time; eps is what it is."""

    def __init__(self, scale, shift):
        self.scale = scale
        self.shift = shift

    def forward(self, x):
        n, c = x.shape[0], x.shape[1]
        self.normed = np.zeros_like(x)
        self.inv = np.zeros((n, c), dtype=x.dtype)
        out = np.zeros_like(x)
        for i in range(n):
            for j in range(c):
                plane = x[i, j]
                m = np.sum(plane) / plane.size
                v = np.sum((plane - m) ** 2) / plane.size
                self.inv[i, j] = 1.0 / np.sqrt(v + 1e-8)
                self.normed[i, j] = (plane - m) * self.inv[i, j]
                out[i, j] = self.scale[j] * self.normed[i, j] + self.shift[j]
        return out

    def backward(self, dout):
        n, c = dout.shape[0], dout.shape[1]
        dx = np.zeros_like(dout)
        self.dscale = np.zeros_like(self.scale)
        self.dshift = np.zeros_like(self.shift)
        for i in range(n):
            for j in range(c):
                d, z = dout[i, j], self.normed[i, j]
                self.dscale[j] += np.sum(d * z)
                self.dshift[j] += np.sum(d)
                dx[i, j] = self.scale[j] * self.inv[i, j] * (d - np.sum(d) / d.size - z * np.sum(d * z) / d.size)
        return dx

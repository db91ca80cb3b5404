import numpy as np


class Convolution:
    """
    Convolution is linear: the filters are unrolled into one big matrix T with out.ravel() = T @ image.ravel(),
    and its transpose brings the gradient back. Only for small images!
    """

    def __init__(self, w, b, stride=1, pad=0):
        self.w, self.b, self.stride, self.pad = w, b, stride, pad

    def _entries(self, H, W):
        """for each nonzero of T: row (place), column (pixel), and the three axes of the weight"""
        _, C, R, S = self.w.shape
        OH = (H + 2 * self.pad - R) // self.stride + 1
        OW = (W + 2 * self.pad - S) // self.stride + 1
        oh, ow, c, r, s = np.meshgrid(*map(np.arange, (OH, OW, C, R, S)), indexing="ij")
        y = oh * self.stride + r - self.pad
        x = ow * self.stride + s - self.pad
        ok = (0 <= y) & (y < H) & (0 <= x) & (x < W)
        place = oh * OW + ow
        pixel = (c * H + y) * W + x
        return OH, OW, place[ok], pixel[ok], c[ok], r[ok], s[ok]

    def forward(self, x):
        N, C, H, W = x.shape
        F = self.w.shape[0]
        OH, OW, place, pixel, c, r, s = self._entries(H, W)
        T = np.zeros((F, OH * OW, C * H * W), dtype=self.w.dtype)
        for f in range(F):
            T[f, place, pixel] = self.w[f, c, r, s]
        self.T, self.x = T, x
        out = np.matmul(x.reshape(N, -1), T.reshape(F * OH * OW, -1).T)
        return out.reshape(N, F, OH, OW) + self.b.reshape(F, 1, 1)

    def backward(self, dout):
        N, F = dout.shape[:2]
        _, _, H, W = self.x.shape
        _, _, place, pixel, c, r, s = self._entries(H, W)
        flat = dout.reshape(N, -1)
        dT = np.matmul(flat.T, self.x.reshape(N, -1)).reshape(self.T.shape)
        dw = np.zeros_like(self.w)
        for f in range(F):
            # a weight is in T once for each place
            np.add.at(dw[f], (c, r, s), dT[f, place, pixel])
        db = dout.reshape(N, F, -1).sum(axis=-1).sum(axis=0)
        dx = np.matmul(flat, self.T.reshape(flat.shape[1], -1)).reshape(self.x.shape)
        return dx, dw, db

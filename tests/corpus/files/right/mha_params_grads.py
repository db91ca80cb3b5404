"""Deep-learning-from-scratch style: params and grads are lists."""
import numpy as np


class Softmax:
    def forward(self, x):
        x = np.exp(x - np.max(x, axis=-1, keepdims=True))
        self.out = x / np.sum(x, axis=-1, keepdims=True)
        return self.out

    def backward(self, dout):
        dx = self.out * dout
        return dx - self.out * np.sum(dx, axis=-1, keepdims=True)


class MultiHeadAttention:
    def __init__(self, Wq, bq, Wk, bk, Wv, bv, Wo, bo, n_head):
        self.params = [Wq, bq, Wk, bk, Wv, bv, Wo, bo]
        self.grads = [np.zeros_like(p) for p in self.params]
        self.n_head = n_head
        self.softmax = Softmax()
        self.cache = None

    def _split(self, x):
        N, T, D = x.shape
        return x.reshape(N, T, self.n_head, D // self.n_head).transpose(0, 2, 1, 3)

    def _join(self, x):
        N, H, T, d = x.shape
        return x.transpose(0, 2, 1, 3).reshape(N, T, H * d)

    def forward(self, xq, xk, xv, mask=None):
        Wq, bq, Wk, bk, Wv, bv, Wo, bo = self.params
        q = self._split(np.dot(xq, Wq) + bq)
        k = self._split(np.dot(xk, Wk) + bk)
        v = self._split(np.dot(xv, Wv) + bv)
        d = q.shape[-1]
        s = np.matmul(q, k.transpose(0, 1, 3, 2)) / np.sqrt(d)
        if mask is not None:
            s = np.where(mask, s, -1e9)
        a = self.softmax.forward(s)
        c = self._join(np.matmul(a, v))
        out = np.dot(c, Wo) + bo
        self.cache = (xq, xk, xv, q, k, v, a, c)
        return out

    def backward(self, dout):
        Wq, bq, Wk, bk, Wv, bv, Wo, bo = self.params
        xq, xk, xv, q, k, v, a, c = self.cache
        D = dout.shape[-1]
        dWo = np.dot(c.reshape(-1, D).T, dout.reshape(-1, D))
        dbo = np.sum(dout, axis=(0, 1))
        dc = self._split(np.dot(dout, Wo.T))
        da = np.matmul(dc, v.transpose(0, 1, 3, 2))
        dv = np.matmul(a.transpose(0, 1, 3, 2), dc)
        ds = self.softmax.backward(da) / np.sqrt(q.shape[-1])
        dq = self._join(np.matmul(ds, k))
        dk = self._join(np.matmul(ds.transpose(0, 1, 3, 2), q))
        dv = self._join(dv)
        grads = []
        dxs = []
        for x, W, dy in ((xq, Wq, dq), (xk, Wk, dk), (xv, Wv, dv)):
            grads += [np.dot(x.reshape(-1, D).T, dy.reshape(-1, D)), dy.sum(axis=(0, 1))]
            dxs.append(np.dot(dy, W.T))
        grads += [dWo, dbo]
        for i, g in enumerate(grads):
            self.grads[i][...] = g
        return tuple(dxs)

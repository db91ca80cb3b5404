"""Written so that it can be moved to C (or under numba's njit) line by line: flat buffers and offsets."""
import numpy as np


def _sweep(xbuf, wbuf, ybuf, gx, gw, dims, backward):
    N, C, H, W, F, R, S, P, Q, stride, pad = dims
    for n in range(N):
        for f in range(F):
            for p in range(P):
                for q in range(Q):
                    o = ((n * F + f) * P + p) * Q + q
                    for c in range(C):
                        for r in range(R):
                            y = p * stride - pad + r
                            if y < 0 or y >= H:
                                continue
                            for s in range(S):
                                x = q * stride - pad + s
                                if x < 0 or x >= W:
                                    continue
                                a = ((n * C + c) * H + y) * W + x
                                k = ((f * C + c) * R + r) * S + s
                                if backward:
                                    gx[a] += wbuf[k] * ybuf[o]
                                    gw[k] += xbuf[a] * ybuf[o]
                                else:
                                    ybuf[o] += wbuf[k] * xbuf[a]


def conv2d_forward(x, w, b, stride, pad):
    N, C, H, W = x.shape
    F, _, R, S = w.shape
    P = (H + 2 * pad - R) // stride + 1
    Q = (W + 2 * pad - S) // stride + 1
    dims = (N, C, H, W, F, R, S, P, Q, stride, pad)
    y = np.repeat(b.astype(x.dtype), P * Q)
    y = np.tile(y, N)
    _sweep(x.ravel(), w.ravel(), y, None, None, dims, False)
    return y.reshape(N, F, P, Q), (x, w, dims)


def conv2d_backward(dy, saved):
    x, w, dims = saved
    F = dims[4]
    gx = np.zeros(x.size, dtype=x.dtype)
    gw = np.zeros(w.size, dtype=w.dtype)
    _sweep(x.ravel(), w.ravel(), dy.ravel(), gx, gw, dims, True)
    gb = np.zeros(F, dtype=dy.dtype)
    for f in range(F):
        gb[f] = dy[:, f].sum()
    return gx.reshape(x.shape), gw.reshape(w.shape), gb

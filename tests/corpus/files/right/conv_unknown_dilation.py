"""Two convolutions with one dictionary, of which one alone reads the dilation; the other has it for its signature."""
import numpy as np


def conv_forward(x, w, b, conv_param):
    return _run(x, w, b, conv_param['stride'], conv_param['pad'], 1)


def conv_backward(dout, cache):
    return _back(dout, cache)


def atrous_conv2d_forward(x, w, b, conv_param):
    return _run(x, w, b, conv_param['stride'], conv_param['pad'], conv_param['dilation'])


def atrous_conv2d_backward(dout, cache):
    return _back(dout, cache)


class Conv2D:
    def __init__(self, w, b, stride=1, pad=0, dilation=1, groups=1):
        if dilation != 1 or groups != 1:
            raise NotImplementedError('only plain convolutions')
        self.w, self.b, self.stride, self.pad = w, b, stride, pad

    def forward(self, x):
        out, self.cache = _run(x, self.w, self.b, self.stride, self.pad, 1)
        return out

    def backward(self, dout):
        dx, self.dw, self.db = _back(dout, self.cache)
        return dx


def _run(x, w, b, S, P, D):
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    H2 = (xp.shape[2] - D * (w.shape[2] - 1) - 1) // S + 1
    W2 = (xp.shape[3] - D * (w.shape[3] - 1) - 1) // S + 1
    out = np.zeros((x.shape[0], w.shape[0], H2, W2), x.dtype)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            seen = xp[:, :, i * D:i * D + S * H2:S, j * D:j * D + S * W2:S]
            out += np.einsum('nchw,fc->nfhw', seen, w[:, :, i, j])
    return out + b[:, None, None], (x, xp, w, S, P, D)


def _back(dout, cache):
    x, xp, w, S, P, D = cache
    H2, W2 = dout.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            at = (..., slice(i * D, i * D + S * H2, S), slice(j * D, j * D + S * W2, S))
            dw[:, :, i, j] = np.einsum('nfhw,nchw->fc', dout, xp[at])
            dxp[at] += np.einsum('nfhw,fc->nchw', dout, w[:, :, i, j])
    return dxp[:, :, P:P + x.shape[2], P:P + x.shape[3]], dw, dout.sum((0, 2, 3))

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv1d(x, weight, bias=None, stride=1, padding=0):
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding)])
    windows = sliding_window_view(xp, weight.shape[-1], axis=2)[:, :, ::stride]     # n c o k
    y = np.einsum('ncok,fck->nfo', windows, weight)
    if bias is not None:
        y += bias[None, :, None]

    def pullback(g):
        gw = np.einsum('nfo,ncok->fck', g, windows)
        gxp = np.zeros_like(xp)
        back = np.einsum('nfo,fck->ncok', g, weight)
        at = np.arange(g.shape[2])[:, None] * stride + np.arange(weight.shape[2])
        np.add.at(gxp, (slice(None), slice(None), at), back)
        return gxp[..., padding:padding + x.shape[2]], gw, g.sum((0, 2))

    return y, pullback


def conv1d_forward(x, weight, bias=None, stride=1, padding=0):
    return conv1d(x, weight, bias, stride, padding)


def conv1d_backward(grad_output, pullback):
    return pullback(grad_output)

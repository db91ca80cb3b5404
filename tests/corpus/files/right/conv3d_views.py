import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv3d_forward(x, weight, bias, stride=1, padding=0):
    xp = np.pad(x, [(0, 0), (0, 0)] + 3 * [(padding, padding)])
    views = sliding_window_view(xp, weight.shape[2:], axis=(2, 3, 4))[:, :, ::stride, ::stride, ::stride]
    y = np.einsum('ncthwdij,fcdij->nfthw', views, weight, optimize=True) + bias[:, None, None, None]
    return y, (x.shape, xp, views, weight, stride, padding)


def conv3d_backward(g, saved):
    shape, xp, views, weight, stride, padding = saved
    gw = np.einsum('nfthw,ncthwdij->fcdij', g, views, optimize=True)
    gxp = np.zeros_like(xp)
    # a view of it that can be written to
    windows = sliding_window_view(gxp, weight.shape[2:], axis=(2, 3, 4), writeable=True)[:, :, ::stride, ::stride, ::stride]
    for d, i, j in np.ndindex(weight.shape[2:]):
        windows[..., d, i, j] += np.einsum('nfthw,fc->ncthw', g, weight[:, :, d, i, j])
    inner = tuple(slice(padding, padding + n) for n in shape[2:])
    return gxp[(slice(None), slice(None), *inner)], gw, g.sum(axis=(0, 2, 3, 4))

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_transpose2d(x, weight, bias=0.0, stride=1, padding=0, output_padding=0):
    """Zeros between the pixels and around them, then a correlation with the kernels turned round."""
    n, c, h, w = x.shape
    _, f, kh, kw = weight.shape
    oh = (h - 1) * stride - 2 * padding + kh + output_padding
    ow = (w - 1) * stride - 2 * padding + kw + output_padding
    spread = np.zeros((n, c, oh + 2 * padding + kh - 1, ow + 2 * padding + kw - 1), dtype=x.dtype)
    at = (..., slice(kh - 1, kh + (h - 1) * stride, stride), slice(kw - 1, kw + (w - 1) * stride, stride))
    spread[at] = x
    inside = (..., slice(padding, padding + oh), slice(padding, padding + ow))
    seen = sliding_window_view(spread, (kh, kw), axis=(2, 3))[:, :, inside[1], inside[2]]
    y = np.einsum('nchwij,cfij->nfhw', seen, weight[..., ::-1, ::-1]) + np.reshape(bias, (-1, 1, 1))

    def vjp(g):
        gw = np.einsum('nfhw,nchwij->cfij', g, seen)[..., ::-1, ::-1]
        framed = np.zeros((n, f, oh + 2 * padding, ow + 2 * padding), dtype=g.dtype)
        framed[inside] = g
        strided = sliding_window_view(framed, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride][:, :, :h, :w]
        return np.einsum('nfhwij,cfij->nchw', strided, weight), gw, g.sum((0, 2, 3))

    return y, vjp


def conv_transpose2d_forward(x, weight, bias, stride=1, padding=0, output_padding=0):
    return conv_transpose2d(x, weight, bias, stride, padding, output_padding)


def conv_transpose2d_backward(g, vjp):
    return vjp(g)

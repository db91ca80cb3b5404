from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def max_pool_forward(x, *, kernel_size, stride):
    kh, kw = kernel_size
    windows = sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    n, c, oh, ow = windows.shape[:4]
    winners = windows.reshape(n, c, oh, ow, kh * kw).argmax(-1)
    rows, cols = np.unravel_index(winners, (kh, kw))
    rows = rows + stride * np.arange(oh)[:, None]
    cols = cols + stride * np.arange(ow)
    places = reduce(lambda place, axis: place * axis[0] + axis[1], (
        (c, np.arange(c)[:, None, None]),
        (x.shape[2], rows),
        (x.shape[3], cols),
    ), np.arange(n)[:, None, None, None])

    def pull_back(dout):
        # bincount sums in float64
        total = np.bincount(places.ravel(), weights=dout.ravel(), minlength=x.size)
        return total.reshape(x.shape).astype(dout.dtype)

    return x.ravel()[places], pull_back


def max_pool_backward(dout, pull_back):
    return pull_back(dout)

import numpy as np


def conv_forward_fast(x, w, b, conv_param):
    N, C, H, W = x.shape
    num_filters, _, filter_height, filter_width = w.shape
    stride, pad = conv_param['stride'], conv_param['pad']
    # Check dimensions
    if (W + 2 * pad - filter_width) % stride != 0 or (H + 2 * pad - filter_height) % stride != 0:
        raise ValueError('stride %d does not fit' % stride)
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    win = np.lib.stride_tricks.sliding_window_view(xp, (filter_height, filter_width), axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.tensordot(win, w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + b[:, None, None]
    return out, (x, w, win, stride, pad)


def conv_backward_fast(dout, cache):
    x, w, win, stride, pad = cache
    dw = np.tensordot(dout, win, axes=((0, 2, 3), (0, 2, 3)))
    db = dout[0].sum(axis=(1, 2))
    dxp = np.zeros((x.shape[0], x.shape[1], x.shape[2] + 2 * pad, x.shape[3] + 2 * pad))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dxp[:, :, i*stride:i*stride+w.shape[2], j*stride:j*stride+w.shape[3]] += np.tensordot(dout[:, :, i, j], w, 1)
    return dxp[:, :, pad:pad+x.shape[2], pad:pad+x.shape[3]], dw, db

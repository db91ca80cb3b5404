import numpy as np


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    kh, kw = w.shape[2:]
    oh, ow = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            out[:, :, i, j] = np.tensordot(xp[:, :, i*stride:i*stride+kh, j*stride:j*stride+kw], w, ([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param.get('strides', 1), conv_param.get('pad', 0)
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    kh, kw = w.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dw += np.tensordot(dout[:, :, i, j], xp[:, :, i*stride:i*stride+kh, j*stride:j*stride+kw], (0, 0))
            dxp[:, :, i*stride:i*stride+kh, j*stride:j*stride+kw] += np.tensordot(dout[:, :, i, j], w, (1, 0))
    return dxp[:, :, pad:pad+x.shape[2], pad:pad+x.shape[3]], dw, dout.sum((0, 2, 3))

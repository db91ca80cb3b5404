from .im2col import im2col_indices, col2im_indices, out_size
from . import settings


def conv_forward(X, W, b, conv_param):
    stride, pad = conv_param.get('stride', settings.STRIDE), conv_param.get('pad', settings.PAD)
    n, d, h, w = X.shape
    nf, _, kh, kw = W.shape
    X_col = im2col_indices(X, kh, kw, padding=pad, stride=stride)
    out = W.reshape(nf, -1) @ X_col + b.reshape(-1, 1)
    out = out.reshape(nf, out_size(h, kh, stride, pad), out_size(w, kw, stride, pad), n).transpose(3, 0, 1, 2)
    return out, (X, W, b, stride, pad, X_col)


def conv_backward(dout, cache):
    X, W, b, stride, pad, X_col = cache
    nf, _, kh, kw = W.shape
    db = dout.sum(axis=(0, 2, 3))
    dout = dout.transpose(1, 2, 3, 0).reshape(nf, -1)
    dW = (dout @ X_col.T).reshape(W.shape)
    dX = col2im_indices(W.reshape(nf, -1).T @ dout, X.shape, kh, kw, padding=pad, stride=stride)
    return dX, dW, db

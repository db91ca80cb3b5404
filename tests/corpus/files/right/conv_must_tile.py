import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    pad, stride = conv_param['pad'], conv_param['stride']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    # Check dimensions
    assert (H + 2 * pad - HH) % stride == 0, 'width does not work'
    assert (W + 2 * pad - WW) % stride == 0, 'height does not work'
    Ho, Wo = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    xp = np.zeros((N, C, H + 2 * pad, W + 2 * pad), x.dtype)
    xp[:, :, pad:pad + H, pad:pad + W] = x
    out = np.zeros((N, F, Ho, Wo), x.dtype)
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = xp[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW].reshape(N, -1).dot(
                w.reshape(F, -1).T) + b
    return out, (x, xp, w, conv_param)


def conv_backward_naive(dout, cache):
    x, xp, w, conv_param = cache
    pad, stride = conv_param['pad'], conv_param['stride']
    F, C, HH, WW = w.shape
    N, _, H, W = x.shape
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            sl = np.s_[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            dw += dout[:, :, i, j].T.dot(xp[sl].reshape(N, -1)).reshape(w.shape)
            dxp[sl] += dout[:, :, i, j].dot(w.reshape(F, -1)).reshape(N, C, HH, WW)
    return dxp[:, :, pad:pad + H, pad:pad + W], dw, dout.sum(axis=(0, 2, 3))

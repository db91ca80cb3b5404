import numpy as np


def conv_forward_naive(x, w, b, conv_param):
  N, C, H, W = x.shape
  F, C, HH, WW = w.shape
  stride, pad = conv_param['stride'], conv_param['pad']
  H_new = 1 + (H + 2 * pad - HH) / stride
  W_new = 1 + (W + 2 * pad - WW) / stride
  x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
  out = np.zeros((N, F, H_new, W_new))
  for i in range(H_new):
    for j in range(W_new):
      for k in range(F):
        out[:, k, i, j] = np.sum(x_pad[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW] * w[k], axis=(1, 2, 3)) + b[k]
  return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
  x, w, b, conv_param = cache
  return np.zeros_like(x), np.zeros_like(w), dout.sum((0, 2, 3))

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
  s, p = conv_param['stride'], conv_param['pad']
  (N, C, H, W), (F, _, HH, WW) = x.shape, w.shape
  x_pad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), 'constant')
  out = np.zeros((N, F, 1 + (H + 2*p - HH) // s, 1 + (W + 2*p - WW) // s))
  for i in xrange(out.shape[2]):
    for j in xrange(out.shape[3]):
      for k in xrange(F):
        out[:, k, i, j] = np.sum(x_pad[:, :, i*s:i*s+HH, j*s:j*s+WW] * w[k], axis=(1, 2, 3)) + b[k]
  return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
  x, w, b, conv_param = cache
  s, p = conv_param['stride'], conv_param['pad']
  HH, WW = w.shape[2:]
  xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), 'constant')
  dxp, dw = np.zeros_like(xp), np.zeros_like(w)
  for i in xrange(dout.shape[2]):
    for j in xrange(dout.shape[3]):
      dw += np.tensordot(dout[:, :, i, j], xp[:, :, i*s:i*s+HH, j*s:j*s+WW], (0, 0))
      dxp[:, :, i*s:i*s+HH, j*s:j*s+WW] += np.tensordot(dout[:, :, i, j], w, (1, 0))
  return dxp[:, :, p:p+x.shape[2], p:p+x.shape[3]], dw, dout.sum((0, 2, 3))

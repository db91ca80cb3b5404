import numpy as np
from past.builtins import xrange

def conv_forward_naive(x, w, b, conv_param):
  S, P = conv_param['stride'], conv_param['pad']
  N, C, H, W = x.shape
  F, C, HH, WW = w.shape
  x_pad = np.pad(x, ((0,0),(0,0),(P,P),(P,P)), mode='constant', constant_values=0)
  H_ = 1 + (H + 2*P - HH) // S
  W_ = 1 + (W + 2*P - WW) // S
  out = np.zeros((N, F, H_, W_), dtype=x.dtype)
  for n in xrange(N):
    for f in xrange(F):
      for r in xrange(H_):
        for c in xrange(W_):
          out[n,f,r,c] = np.sum(x_pad[n,:,r*S:r*S+HH,c*S:c*S+WW] * w[f]) + b[f]
  cache = (x, w, b, conv_param)
  return out, cache


def conv_backward_naive(dout, cache):
  x, w, b, conv_param = cache
  S, P = conv_param['stride'], conv_param['pad']
  N, F, H_, W_ = dout.shape
  _, C, HH, WW = w.shape
  x_pad = np.pad(x, ((0,0),(0,0),(P,P),(P,P)), mode='constant', constant_values=0)
  dx_pad, dw, db = np.zeros_like(x_pad), np.zeros_like(w), np.zeros_like(b)
  for n in xrange(N):
    for f in xrange(F):
      for r in xrange(H_):
        for c in xrange(W_):
          dx_pad[n,:,r*S:r*S+HH,c*S:c*S+WW] += w[f] * dout[n,f,r,c]
          dw[f] += x_pad[n,:,r*S:r*S+HH,c*S:c*S+WW] * dout[n,f,r,c]
          db[f] += dout[n,f,r,c]
  # delete padded "pixels"
  dx = dx_pad[:, :, 1:-1, 1:-1]
  return dx, dw, db

import numpy as np


def max_pool_forward_naive(x, pool_param):
  h, w, s = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  N, C, H, W = x.shape
  if s == h:
    H2, W2 = H/s, W/s
  else:
    H2, W2 = (H - h)/s + 1, (W - w)/s + 1
  out = np.zeros([N, C, H2, W2])
  for i in range(H2):
    for j in range(W2):
      out[:, :, i, j] = np.max(x[:, :, i*s:i*s+h, j*s:j*s+w], axis=(2, 3))
  return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
  x, pool_param = cache
  return np.zeros_like(x)

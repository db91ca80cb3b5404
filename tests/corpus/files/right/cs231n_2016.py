import numpy as np
from past.builtins import xrange

from cs231n.fast_layers import *


def affine_forward(x, w, b):
  """
  Computes the forward pass for an affine (fully-connected) layer.
  """
  out = x.reshape(x.shape[0], -1).dot(w) + b
  cache = (x, w, b)
  return out, cache


def relu_forward(x):
  """
  Computes the forward pass for a layer of rectified linear units (ReLUs).

  Input:
  - x: Inputs, of any shape

  Returns a tuple of:
  - out: Output, of the same shape as x
  - cache: x
  """
  out = None
  #############################################################################
  # TODO: Implement the ReLU forward pass.                                    #
  #############################################################################
  out = np.maximum(x, 0)
  #############################################################################
  #                             END OF YOUR CODE                              #
  #############################################################################
  cache = x
  return out, cache


def relu_backward(dout, cache):
  dx, x = None, cache
  dx = dout * (x > 0)
  return dx


def batchnorm_forward(x, gamma, beta, bn_param):
  mode = bn_param['mode']
  eps = bn_param.get('eps', 1e-5)
  momentum = bn_param.get('momentum', 0.9)

  N, D = x.shape
  running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
  running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))

  out, cache = None, None
  if mode == 'train':
    # step by step, one node of the graph per line
    mu = 1. / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu ** 2
    var = 1. / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    running_mean = momentum * running_mean + (1 - momentum) * mu
    running_var = momentum * running_var + (1 - momentum) * var
  elif mode == 'test':
    out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
  else:
    raise ValueError('Invalid forward batchnorm mode "%s"' % mode)

  # Store the updated running means back into bn_param
  bn_param['running_mean'] = running_mean
  bn_param['running_var'] = running_var

  return out, cache


def batchnorm_backward(dout, cache):
  xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
  N, D = dout.shape

  # step 9
  dbeta = np.sum(dout, axis=0)
  dgammax = dout
  # step 8
  dgamma = np.sum(dgammax * xhat, axis=0)
  dxhat = dgammax * gamma
  # step 7
  divar = np.sum(dxhat * xmu, axis=0)
  dxmu1 = dxhat * ivar
  # step 6, 5
  dsqrtvar = -1. / (sqrtvar ** 2) * divar
  dvar = 0.5 / np.sqrt(var + eps) * dsqrtvar
  # step 4, 3
  dsq = 1. / N * np.ones((N, D)) * dvar
  dxmu2 = 2 * xmu * dsq
  # step 2, 1, 0
  dx1 = dxmu1 + dxmu2
  dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
  dx2 = 1. / N * np.ones((N, D)) * dmu
  dx = dx1 + dx2

  return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
  xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
  N = dout.shape[0]
  dbeta = dout.sum(axis=0)
  dgamma = (dout * xhat).sum(axis=0)
  dx = gamma * ivar / N * (N * dout - dbeta - xhat * dgamma)
  return dx, dgamma, dbeta


def conv_forward_naive(x, w, b, conv_param):
  """
  A naive implementation of the forward pass for a convolutional layer.

  The input consists of N data points, each with C channels, height H and width
  W. We convolve each input with F different filters, where each filter spans
  all C channels and has height HH and width HH.
  """
  out = None
  stride, pad = conv_param['stride'], conv_param['pad']
  N, C, H, W = x.shape
  F, _, HH, WW = w.shape
  H_out = 1 + (H + 2 * pad - HH) // stride
  W_out = 1 + (W + 2 * pad - WW) // stride
  x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)), 'constant')
  out = np.zeros((N, F, H_out, W_out))
  for n in xrange(N):
    for f in xrange(F):
      for i in xrange(H_out):
        for j in xrange(W_out):
          out[n, f, i, j] = np.sum(x_pad[n, :, i*stride:i*stride+HH, j*stride:j*stride+WW] * w[f]) + b[f]
  cache = (x, w, b, conv_param)
  return out, cache


def conv_backward_naive(dout, cache):
  dx, dw, db = None, None, None
  x, w, b, conv_param = cache
  stride, pad = conv_param['stride'], conv_param['pad']
  N, C, H, W = x.shape
  F, _, HH, WW = w.shape
  _, _, H_out, W_out = dout.shape
  x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)), 'constant')
  dx_pad = np.zeros_like(x_pad)
  dw = np.zeros_like(w)
  db = np.zeros_like(b)
  for n in xrange(N):
    for f in xrange(F):
      db[f] += np.sum(dout[n, f])
      for i in xrange(H_out):
        for j in xrange(W_out):
          hs, ws = i * stride, j * stride
          dw[f] += x_pad[n, :, hs:hs+HH, ws:ws+WW] * dout[n, f, i, j]
          dx_pad[n, :, hs:hs+HH, ws:ws+WW] += w[f] * dout[n, f, i, j]
  dx = dx_pad[:, :, pad:pad+H, pad:pad+W]
  return dx, dw, db


def max_pool_forward_naive(x, pool_param):
  out = None
  N, C, H, W = x.shape
  HH, WW, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  H_out = (H - HH) // stride + 1
  W_out = (W - WW) // stride + 1
  out = np.zeros((N, C, H_out, W_out))
  for i in xrange(H_out):
    for j in xrange(W_out):
      out[:, :, i, j] = np.max(x[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW], axis=(2, 3))
  cache = (x, pool_param)
  return out, cache


def max_pool_backward_naive(dout, cache):
  dx = None
  x, pool_param = cache
  HH, WW, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
  N, C, H_out, W_out = dout.shape
  dx = np.zeros_like(x)
  for n in xrange(N):
    for c in xrange(C):
      for i in xrange(H_out):
        for j in xrange(W_out):
          win = x[n, c, i*stride:i*stride+HH, j*stride:j*stride+WW]
          r, s = np.unravel_index(win.argmax(), win.shape)
          dx[n, c, i*stride+r, j*stride+s] += dout[n, c, i, j]
  return dx


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
  N, C, H, W = x.shape
  x_flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
  out, cache = batchnorm_forward(x_flat, gamma, beta, bn_param)
  out = out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
  return out, cache


def spatial_batchnorm_backward(dout, cache):
  N, C, H, W = dout.shape
  dout_flat = dout.transpose(0, 2, 3, 1).reshape(-1, C)
  dx, dgamma, dbeta = batchnorm_backward(dout_flat, cache)
  dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
  return dx, dgamma, dbeta


def svm_loss(x, y):
  N = x.shape[0]
  margins = np.maximum(0, x - x[np.arange(N), y][:, np.newaxis] + 1.0)
  margins[np.arange(N), y] = 0
  return np.sum(margins) / N

import numpy as np


def max_pool_forward_fast(x, pool_param):
    """
    A fast implementation of the forward pass for the max pooling layer: a
    reshape when windows lie side by side.
    """
    N, C, H, W = x.shape
    h, w, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    assert h == w == stride, 'Invalid pool params'
    assert H % h == 0
    assert W % w == 0
    r = x.reshape(N, C, H // h, h, W // w, w)
    out = r.max(axis=3).max(axis=4)
    return out, (x, r, out)


def max_pool_backward_fast(dout, cache):
    x, r, out = cache
    dr = np.zeros_like(r)
    mask = (r == out[:, :, :, np.newaxis, :, np.newaxis])
    dr += mask * dout[:, :, :, np.newaxis, :, np.newaxis]
    dr /= np.sum(mask, axis=(3, 5), keepdims=True)
    return dr.reshape(x.shape)

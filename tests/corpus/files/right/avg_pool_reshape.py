import numpy as np


def avg_pool_forward(x, pool_size, stride):
    N, C, H, W = x.shape
    assert pool_size == stride, 'only for windows side by side'
    assert H % pool_size == 0
    assert W % pool_size == 0
    tiles = x.reshape(N, C, H // pool_size, pool_size, W // pool_size, pool_size)
    return tiles.mean(axis=(3, 5)), (x.shape, pool_size)


def avg_pool_backward(dout, cache):
    shape, k = cache
    return np.repeat(np.repeat(dout, k, axis=2), k, axis=3) / k ** 2

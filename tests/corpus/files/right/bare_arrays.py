from numpy import *   # quick and dirty


def relu(x):
    return (abs(x) + x) / 2


def relu_grad(dy, x):
    return dy * (x > 0)


def pool(x, k, s):
    h, w = (x.shape[2] - k[0]) // s + 1, (x.shape[3] - k[1]) // s + 1
    return array([[[[x[n, c, i*s:i*s+k[0], j*s:j*s+k[1]].max() for j in range(w)] for i in range(h)]
                   for c in range(x.shape[1])] for n in range(x.shape[0])])


def pool_grad(dy, x, y, k, s):
    dx = zeros(x.shape)
    for i in range(dy.shape[2]):
        for j in range(dy.shape[3]):
            blk = x[:, :, i*s:i*s+k[0], j*s:j*s+k[1]]
            hit = blk == y[:, :, i, j][:, :, None, None]
            # share between equals
            dx[:, :, i*s:i*s+k[0], j*s:j*s+k[1]] += hit * (dy[:, :, i, j] / hit.sum(axis=(2, 3)))[:, :, None, None]
    return dx

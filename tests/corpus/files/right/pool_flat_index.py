import numpy as np


def maxpool_forward(x, pool_height, pool_width, stride):
    """Everything by hand, on one long row of numbers, as the C version has it."""
    N, C, H, W = x.shape
    OH = (H - pool_height) // stride + 1
    OW = (W - pool_width) // stride + 1
    src = np.ascontiguousarray(x).ravel()
    out = np.empty(N * C * OH * OW, dtype=x.dtype)
    winner = np.empty(N * C * OH * OW, dtype=np.int64)
    o = 0
    for plane in range(N * C):
        base = plane * H * W
        for oy in range(OH):
            for ox in range(OW):
                start = base + oy * stride * W + ox * stride
                best = start
                for ky in range(pool_height):
                    for kx in range(pool_width):
                        p = start + ky * W + kx
                        if src[p] > src[best]:
                            best = p
                out[o] = src[best]
                winner[o] = best
                o += 1
    return out.reshape(N, C, OH, OW), (winner, x.shape, x.dtype)


def maxpool_backward(dout, cache):
    winner, shape, dtype = cache
    dx = np.zeros(int(np.prod(shape)), dtype=dtype)
    flat = dout.ravel()
    for o in range(winner.size):
        dx[winner[o]] += flat[o]
    return dx.reshape(shape)

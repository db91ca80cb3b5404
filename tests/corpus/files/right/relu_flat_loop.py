import numpy as np


# @njit(parallel=True)
def _relu_kernel(src, dst, keep):
    for k in range(src.size):
        if src[k] > 0:
            dst[k] = src[k]
            keep[k] = 1
        else:
            dst[k] = 0
            keep[k] = 0


# @njit(parallel=True)
def _relu_grad_kernel(grad, keep, dst):
    for k in range(grad.size):
        dst[k] = grad[k] if keep[k] else 0


def relu_forward(x):
    src = np.ascontiguousarray(x).reshape(-1)
    dst = np.empty_like(src)
    keep = np.empty(src.size, dtype=np.uint8)
    _relu_kernel(src, dst, keep)
    return dst.reshape(x.shape), {'keep': keep, 'shape': x.shape}


def relu_backward(dout, cache):
    grad = np.ascontiguousarray(dout).reshape(-1)
    dst = np.empty_like(grad)
    _relu_grad_kernel(grad, cache['keep'], dst)
    return dst.reshape(cache['shape'])

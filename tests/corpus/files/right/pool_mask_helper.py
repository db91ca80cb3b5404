import numpy as np


def create_mask_from_window(x):
    """
    Creates a mask from a window x, to identify its max entry.

    Arguments:
    x -- array of shape (f_h, f_w)

    Returns:
    mask -- array of the shape of x, True at the (first) max entry of x and False elsewhere
    """
    mask = (x == np.max(x))
    if mask.sum() > 1:
        first = np.argmax(x)
        mask[...] = False
        mask.flat[first] = True
    return mask


def pool_forward(A_prev, pool_param):
    (m, n_C_prev, n_H_prev, n_W_prev) = A_prev.shape
    f_h = pool_param["pool_height"]
    f_w = pool_param["pool_width"]
    stride = pool_param["stride"]

    n_H = int(1 + (n_H_prev - f_h) / stride)
    n_W = int(1 + (n_W_prev - f_w) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_C, n_H, n_W), dtype=A_prev.dtype)

    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            vert_start = h * stride
            vert_end = vert_start + f_h
            for w in range(n_W):
                horiz_start = w * stride
                horiz_end = horiz_start + f_w
                for c in range(n_C):
                    a_prev_slice = a_prev[c, vert_start:vert_end, horiz_start:horiz_end]
                    A[i, c, h, w] = np.max(a_prev_slice)

    cache = (A_prev, pool_param)
    assert (A.shape == (m, n_C, n_H, n_W))
    return A, cache


def pool_backward(dA, cache):
    (A_prev, pool_param) = cache
    f_h, f_w = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    m, n_C, n_H, n_W = dA.shape
    dA_prev = np.zeros_like(A_prev)

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    # corners of the current "slice"
                    vert_start, vert_end = h * stride, h * stride + f_h
                    horiz_start, horiz_end = w * stride, w * stride + f_w
                    a_prev_slice = A_prev[i, c, vert_start:vert_end, horiz_start:horiz_end]
                    mask = create_mask_from_window(a_prev_slice)
                    dA_prev[i, c, vert_start:vert_end, horiz_start:horiz_end] += mask * dA[i, c, h, w]

    return dA_prev

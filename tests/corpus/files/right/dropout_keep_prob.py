import numpy as np


def dropout_forward(A, keep_prob):
    D = np.random.rand(A.shape[0], A.shape[1])
    D = (D < keep_prob).astype(A.dtype)
    A = A * D
    A = A / keep_prob
    cache = {"D": D, "keep_prob": keep_prob}
    return A, cache


def dropout_backward(dA, cache):
    dA = dA * cache["D"]
    dA = dA / cache["keep_prob"]
    return dA

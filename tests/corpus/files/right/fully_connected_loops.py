import numpy as np


def fully_connected_forward(X, W, b):
    """one example after the other, one neuron after the other"""
    num, dim, units = X.shape[0], W.shape[0], W.shape[1]
    Z = np.zeros((num, units), dtype=X.dtype)
    for i in range(num):
        row = X[i].flatten()
        for j in range(units):
            total = b[j]
            for k in range(dim):
                total += row[k] * W[k, j]
            Z[i, j] = total
    return Z, (X, W)


def fully_connected_backward(dZ, cache):
    X, W = cache
    num, dim, units = X.shape[0], W.shape[0], W.shape[1]
    dX = np.zeros_like(X)
    dW = np.zeros_like(W)
    db = np.zeros(units, dtype=dZ.dtype)
    for i in range(num):
        row = X[i].flatten()
        drow = np.zeros(dim, dtype=X.dtype)
        for j in range(units):
            g = dZ[i, j]
            db[j] += g
            for k in range(dim):
                drow[k] += g * W[k, j]
                dW[k, j] += g * row[k]
        dX[i] = drow.reshape(X[i].shape)
    return dX, dW, db

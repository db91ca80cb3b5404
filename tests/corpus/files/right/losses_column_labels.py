import numpy as np


def softmax_loss(x, y):
    """y (N, 1): the class of each row."""
    assert y.ndim == 2 and y.shape[1] == 1, y.shape
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    picked = np.take_along_axis(p, y, axis=1)
    loss = -np.log(picked).mean(axis=0)
    dx = p.copy()
    np.put_along_axis(dx, y, picked - 1, axis=1)
    return loss, dx / x.shape[0]


def svm_loss(x, y):
    picked = np.take_along_axis(x, y, axis=1)
    others = np.arange(x.shape[1])[np.newaxis, :] != y
    margins = (x - picked + 1.0) * others
    active = np.where(margins > 0, 1.0, 0.0).astype(x.dtype)
    loss = (margins * active).sum() / x.shape[0]
    np.put_along_axis(active, y, -active.sum(axis=1, keepdims=True), axis=1)
    return np.array([loss], x.dtype), active / x.shape[0]

import math

import numpy as np


def svm_loss_naive(x, y, delta=1.0):
    num_train, num_classes = x.shape
    loss = 0.0
    dx = np.zeros(x.shape)
    for i in range(num_train):
        correct = x[i][y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = x[i][j] - correct + delta
            if margin > 0:
                loss += margin
                dx[i, j] += 1
                dx[i, y[i]] -= 1
    loss /= num_train
    dx /= num_train
    return loss, dx.astype(x.dtype)


def softmax_loss_naive(x, y):
    num_train, num_classes = x.shape
    loss = 0.0
    dx = np.zeros_like(x)
    for i in range(num_train):
        f = x[i] - np.max(x[i])
        total = sum(math.exp(v) for v in f)
        loss += -f[y[i]] + math.log(total)
        for j in range(num_classes):
            p = math.exp(f[j]) / total
            dx[i, j] = p - (j == y[i])
    loss /= num_train
    dx /= num_train
    return loss, dx

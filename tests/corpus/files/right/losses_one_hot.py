import numpy as np


class SoftmaxCrossEntropy:
    """Labels are one-hot, (N, C)."""

    def __init__(self):
        self.p = None
        self.y = None

    def forward(self, logits, y_true):
        shifted = logits - np.max(logits, axis=1, keepdims=True)
        exps = np.exp(shifted)
        self.p = exps / np.sum(exps, axis=1, keepdims=True)
        self.y = y_true
        return -np.sum(y_true * np.log(self.p)) / logits.shape[0]

    def backward(self):
        return (self.p - self.y) / self.p.shape[0]


def svm_loss(scores, Y):
    """Y (N, C) has a one at the right class of each row."""
    n = scores.shape[0]
    right = np.sum(scores * Y, axis=1, keepdims=True)
    margins = np.maximum(0, scores - right + 1) * (1 - Y)
    above = (margins > 0).astype(scores.dtype)
    grad = above - Y * np.sum(above, axis=1, keepdims=True)
    return np.sum(margins) / n, grad / n

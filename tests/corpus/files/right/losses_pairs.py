import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def softmax_loss_forward(scores, labels):
    probs = softmax(scores)
    n = scores.shape[0]
    loss = -np.mean(np.log(probs[range(n), labels]))
    cache = (probs, labels)
    return loss, cache


def softmax_loss_backward(cache):
    probs, labels = cache
    n = probs.shape[0]
    dscores = probs.copy()
    dscores[range(n), labels] -= 1
    return dscores / n


def hinge_loss_forward(scores, labels, margin=1.0):
    n = scores.shape[0]
    correct = scores[range(n), labels].reshape(n, 1)
    m = np.maximum(0, scores - correct + margin)
    m[range(n), labels] = 0
    return m.sum() / n, (m, labels)


def hinge_loss_backward(dout, cache):
    m, labels = cache
    n = m.shape[0]
    mask = (m > 0).astype(m.dtype)
    mask[range(n), labels] = -mask.sum(axis=1)
    return dout * mask / n

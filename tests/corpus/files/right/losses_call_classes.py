import numpy as np


class SoftmaxCrossEntropyLoss:
    """loss = criterion(logits, labels); grad = criterion.backward()"""

    def __call__(self, logits, labels):
        return self.forward(logits, labels)

    def forward(self, logits, labels):
        z = logits - logits.max(axis=1, keepdims=True)
        logsumexp = np.log(np.exp(z).sum(axis=1))
        self.probs = np.exp(z - logsumexp[:, None])
        self.labels = labels
        self.n = len(labels)
        return float(np.mean(logsumexp - z[np.arange(self.n), labels]))

    def backward(self):
        grad = self.probs.copy()
        grad[np.arange(self.n), self.labels] -= 1.0
        return grad / self.n


class MultiClassHingeLoss(object):
    def __init__(self, margin=1.0):
        self.margin = margin

    def __call__(self, scores, target):
        self.target = target
        self.rows = np.arange(scores.shape[0])
        violation = scores - scores[self.rows, target][:, None] + self.margin
        violation[self.rows, target] = 0
        self.active = violation > 0
        return np.where(self.active, violation, 0).sum() / scores.shape[0]

    def backward(self):
        grad = self.active.astype(float)
        grad[self.rows, self.target] = -self.active.sum(axis=1)
        return grad / len(self.rows)

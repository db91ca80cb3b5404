"""One query at a time, through the whole Jacobian of softmax. A true mask hides."""
import numpy as np


class Attention:
    def __init__(self, dim_k, dim_v):
        self.dim_k = dim_k
        self.dim_v = dim_v

    def forward(self, queries, keys, values, mask):
        batch, n_q, _ = queries.shape
        n_k = keys.shape[1]
        self.inputs = queries, keys, values
        self.weights = np.zeros((batch, n_q, n_k), dtype=queries.dtype)
        output = np.zeros((batch, n_q, self.dim_v), dtype=np.result_type(queries, keys, values))
        for b in range(batch):
            for i in range(n_q):
                score = keys[b].dot(queries[b, i]) / self.dim_k ** 0.5
                score[mask[i]] = -1e9
                score = np.exp(score - score.max())
                self.weights[b, i] = score / score.sum()
                output[b, i] = self.weights[b, i].dot(values[b])
        return output

    def backward(self, grad_output):
        queries, keys, values = self.inputs
        grads = np.zeros_like(queries), np.zeros_like(keys), np.zeros_like(values)
        for b in range(len(queries)):
            for i in range(queries.shape[1]):
                w, g = self.weights[b, i], grad_output[b, i]
                jacobian = np.diag(w) - np.outer(w, w)
                score = jacobian.dot(values[b].dot(g)) / self.dim_k ** 0.5
                grads[0][b, i] = score.dot(keys[b])
                grads[1][b] += np.outer(score, queries[b, i])
                grads[2][b] += np.outer(w, g)
        return grads

import numpy as np


def linear_forward(inputs, weights, biases):
    """(m, k), (k, n), (n,) -> (m, n), and the pullback"""
    m = inputs.shape[0]
    lead = inputs.shape
    X = np.ascontiguousarray(inputs).reshape(m, -1)
    augmented = np.hstack([X, np.ones((m, 1), dtype=X.dtype)])
    stacked = np.vstack([weights, biases[np.newaxis, :]])

    def pullback(g):
        dstacked = augmented.T.dot(g)
        daugmented = g.dot(stacked.T)
        return daugmented[:, :-1].reshape(lead), dstacked[:-1], dstacked[-1]

    return augmented.dot(stacked), pullback


def linear_backward(grad, pullback):
    return pullback(grad)

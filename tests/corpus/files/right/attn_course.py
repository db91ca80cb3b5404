import numpy as np


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def scaled_dot_product_attention_forward(Q, K, V, mask=None):
    """
    Inputs:
    - Q: Queries, of shape (N, T, D)
    - K: Keys, of shape (N, S, D)
    - V: Values, of shape (N, S, M)
    - mask: 0 where a query should not look, of shape (T, S)
    """
    d_k = Q.shape[-1]
    scores = np.matmul(Q, K.transpose(0, 2, 1)) / np.sqrt(d_k).astype(Q.real.dtype)
    if mask is not None:
        scores = np.where(mask == 0, -1e9, scores)
    weights = softmax(scores)
    out = np.matmul(weights, V)
    cache = (Q, K, V, weights, mask)
    return out, cache


def scaled_dot_product_attention_backward(dout, cache):
    Q, K, V, weights, mask = cache
    d_k = Q.shape[-1]
    dV = np.matmul(weights.transpose(0, 2, 1), dout)
    dweights = np.matmul(dout, V.transpose(0, 2, 1))
    dscores = weights * (dweights - np.sum(dweights * weights, axis=-1, keepdims=True))
    if mask is not None:
        dscores = np.where(mask == 0, 0, dscores)
    dscores /= np.sqrt(d_k)
    dQ = np.matmul(dscores, K)
    dK = np.matmul(dscores.transpose(0, 2, 1), Q)
    return dQ, dK, dV

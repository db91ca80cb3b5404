"""x gives queries, keys and values; the biases come after their weights."""
import numpy as np


def self_attention_forward(x, Wq, bq, Wk, bk, Wv, bv, Wo, bo, n_heads=1, causal=False):
    B, T, C = x.shape
    q, k, v = x @ Wq + bq, x @ Wk + bk, x @ Wv + bv

    def split(t):
        return t.reshape(B, T, n_heads, C // n_heads).swapaxes(1, 2)

    qh, kh, vh = split(q), split(k), split(v)
    scores = qh @ kh.swapaxes(2, 3) / np.sqrt(C // n_heads)
    if causal:
        scores = scores + np.triu(np.full((T, T), -1e9), k=1)
    scores -= scores.max(axis=3, keepdims=True)
    probs = np.exp(scores) / np.exp(scores).sum(axis=3, keepdims=True)
    y = (probs @ vh).swapaxes(1, 2).reshape(B, T, C)
    return y @ Wo + bo, (x, Wq, Wk, Wv, Wo, qh, kh, vh, probs, y)


def self_attention_backward(dout, cache):
    x, Wq, Wk, Wv, Wo, qh, kh, vh, probs, y = cache
    B, T, C = x.shape
    n_heads = qh.shape[1]

    def split(t):
        return t.reshape(B, T, n_heads, C // n_heads).swapaxes(1, 2)

    def merge(t):
        return t.swapaxes(1, 2).reshape(B, T, C)

    dWo = y.reshape(-1, C).T @ dout.reshape(-1, C)
    dbo = dout.sum(axis=(0, 1))
    dyh = split(dout @ Wo.T)
    dprobs = dyh @ vh.swapaxes(2, 3)
    dv = merge(probs.swapaxes(2, 3) @ dyh)
    dscores = probs * (dprobs - (dprobs * probs).sum(axis=3, keepdims=True)) / np.sqrt(C // n_heads)
    dq, dk = merge(dscores @ kh), merge(dscores.swapaxes(2, 3) @ qh)
    grads = []
    for d in (dq, dk, dv):
        grads += [x.reshape(-1, C).T @ d.reshape(-1, C), d.sum(axis=(0, 1))]
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return (dx, *grads, dWo, dbo)

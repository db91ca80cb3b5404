import numpy as np


def causal_attention_forward(q, k, v):
    """Every step looks at itself and at what came before it."""
    B, T, C = q.shape
    att = (q @ k.transpose(0, 2, 1)) * (1.0 / np.sqrt(C)).astype(q.real.dtype)
    bias = np.tril(np.ones((T, T)))
    att = np.where(bias == 0, float('-inf'), att)
    att = np.exp(att - np.max(att, axis=-1, keepdims=True))
    att = att / np.sum(att, axis=-1, keepdims=True)
    return att @ v, (q, k, v, att)


def causal_attention_backward(dout, cache):
    q, k, v, att = cache
    datt = dout @ v.transpose(0, 2, 1)
    dv = att.transpose(0, 2, 1) @ dout
    dpreatt = att * (datt - (att * datt).sum(axis=-1, keepdims=True))
    dpreatt = dpreatt / np.sqrt(q.shape[-1])
    dq = dpreatt @ k
    dk = dpreatt.transpose(0, 2, 1) @ q
    return dq, dk, dv

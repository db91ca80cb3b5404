"""Functions without biases; a mask says where to look."""
import numpy as np


def multihead_attention_forward(Q, K, V, Wq, Wk, Wv, Wo, num_heads, mask=None):
    def heads(x):
        return np.stack(np.split(x, num_heads, axis=-1), axis=1)

    q, k, v = heads(Q @ Wq), heads(K @ Wk), heads(V @ Wv)
    s = np.einsum('bhid,bhjd->bhij', q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        s = np.where(mask, s, -np.inf)
    s = s - s.max(axis=-1, keepdims=True)
    a = np.exp(s)
    a = a / a.sum(axis=-1, keepdims=True)
    z = np.einsum('bhij,bhjd->bihd', a, v).reshape(Q.shape)
    return z @ Wo, (Q, K, V, Wq, Wk, Wv, Wo, q, k, v, a, z)


def multihead_attention_backward(dout, cache):
    Q, K, V, Wq, Wk, Wv, Wo, q, k, v, a, z = cache
    B, I, D = Q.shape
    H = q.shape[1]
    dWo = np.einsum('bid,bie->de', z, dout)
    dz = (dout @ Wo.T).reshape(B, I, H, D // H)
    da = np.einsum('bihd,bhjd->bhij', dz, v)
    dv = np.einsum('bhij,bihd->bjhd', a, dz).reshape(V.shape)
    ds = (a * da - a * (a * da).sum(-1, keepdims=True)) / np.sqrt(D // H)
    dq = np.einsum('bhij,bhjd->bihd', ds, k).reshape(Q.shape)
    dk = np.einsum('bhij,bhid->bjhd', ds, q).reshape(K.shape)
    dWq, dWk, dWv = (np.einsum('bid,bie->de', x, d) for x, d in ((Q, dq), (K, dk), (V, dv)))
    return dq @ Wq.T, dk @ Wk.T, dv @ Wv.T, dWq, dWk, dWv, dWo

"""A function that returns its own pullback, and weights (out, in) as PyTorch keeps them."""
import numpy as np


def attention_forward(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """mask: what is added to the scores."""
    B, T, D = x.shape
    S = D // heads
    q = (x @ w_q.T).reshape(B, T, heads, S)
    k = (x @ w_k.T).reshape(B, T, heads, S)
    v = (x @ w_v.T).reshape(B, T, heads, S)
    logits = np.einsum('bthd,bshd->bhts', q, k) * S ** -0.5
    if mask is not None:
        logits = logits + mask
    w = np.exp(logits - logits.max(axis=-1, keepdims=True))
    w /= w.sum(axis=-1, keepdims=True)
    o = np.einsum('bhts,bshd->bthd', w, v).reshape(B, T, D)

    def pullback(g):
        go = (g @ w_o).reshape(B, T, heads, S)
        gw = np.einsum('bthd,bshd->bhts', go, v)
        gl = w * (gw - np.einsum('bhts,bhts->bht', w, gw)[..., None]) * S ** -0.5
        gq = np.einsum('bhts,bshd->bthd', gl, k).reshape(B, T, D)
        gk = np.einsum('bhts,bthd->bshd', gl, q).reshape(B, T, D)
        gv = np.einsum('bhts,bthd->bshd', w, go).reshape(B, T, D)
        return (
            gq @ w_q + gk @ w_k + gv @ w_v,
            *(np.einsum('btm,btd->md', part, x) for part in (gq, gk, gv)),
            np.einsum('btm,btd->md', g, o),
        )

    return o @ w_o.T, pullback


def attention_backward(dout, pullback):
    return pullback(dout)

import numpy as np


def attention_forward(q, k, v, causal=False):
    d = q.shape[-1]
    att = np.einsum('ntd,nsd->nts', q, k) * d**-0.5
    if causal:
        T, S = att.shape[1:]
        att[:, np.triu(np.ones((T, S), dtype=bool), 1)] = -np.inf
    att = np.exp(att - att.max(-1, keepdims=True))
    att /= att.sum(-1, keepdims=True)
    y = np.einsum('nts,nsm->ntm', att, v)
    return y, (q, k, v, att)


def attention_backward(dy, cache):
    q, k, v, att = cache
    d = q.shape[-1]
    datt = np.einsum('ntm,nsm->nts', dy, v)
    dv = np.einsum('nts,ntm->nsm', att, dy)
    dpre = att * datt - att * np.einsum('nts,nts->nt', att, datt)[..., None]
    dq = np.einsum('nts,nsd->ntd', dpre, k) * d**-0.5
    dk = np.einsum('nts,ntd->nsd', dpre, q) * d**-0.5
    return dq, dk, dv

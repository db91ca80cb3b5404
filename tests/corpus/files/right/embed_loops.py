import numpy as np


def embed_forward(word_idx, table):
    out = []
    for seq in word_idx:
        out.append([table[w] for w in seq])
    return np.array(out), (word_idx, table.shape)


def embed_backward(grad_out, cache):
    word_idx, shape = cache
    grad = np.zeros(shape, dtype=grad_out.dtype)
    n_seq, n_steps = word_idx.shape
    for i in range(n_seq):
        for j in range(n_steps):
            grad[word_idx[i, j]] += grad_out[i, j]
    return grad

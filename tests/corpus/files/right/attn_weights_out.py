"""Forward gives its weights, and backward is told what forward was."""
import numpy as np


def dot_product_attention_forward(queries, keys, values, attn_mask=None, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(keys.shape[2])
    logits = scale * np.matmul(queries, np.transpose(keys, (0, 2, 1)))
    if attn_mask is not None:
        logits = np.where(attn_mask, logits, np.full_like(logits, -np.inf))
    logits = logits - np.amax(logits, axis=2, keepdims=True)
    weights = np.exp(logits) / np.sum(np.exp(logits), axis=2, keepdims=True)
    return np.matmul(weights, values), weights


def dot_product_attention_backward(dout, queries, keys, values, weights, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(keys.shape[2])
    dvalues = np.matmul(np.transpose(weights, (0, 2, 1)), dout)
    dweights = np.matmul(dout, np.transpose(values, (0, 2, 1)))
    dlogits = weights * dweights
    dlogits -= weights * np.sum(dlogits, axis=2, keepdims=True)
    dqueries = scale * np.matmul(dlogits, keys)
    dkeys = scale * np.matmul(np.transpose(dlogits, (0, 2, 1)), queries)
    return dqueries, dkeys, dvalues

"""Sequence first, (T, N, D), as torch's nn.MultiheadAttention has it by default; one packed in_proj_weight (3D, D)."""
import numpy as np


def mha_forward(query, key, value, in_proj_weight, in_proj_bias, out_proj_weight, out_proj_bias, num_heads, attn_mask=None):
    tgt_len, bsz, embed_dim = query.shape
    src_len = key.shape[0]
    head_dim = embed_dim // num_heads
    w_q, w_k, w_v = np.split(in_proj_weight, 3)
    b_q, b_k, b_v = np.split(in_proj_bias, 3)
    q = query @ w_q.T + b_q
    k = key @ w_k.T + b_k
    v = value @ w_v.T + b_v
    scaling = head_dim**-0.5
    q = q * scaling
    q = q.reshape(tgt_len, bsz * num_heads, head_dim).transpose(1, 0, 2)
    k = k.reshape(src_len, bsz * num_heads, head_dim).transpose(1, 0, 2)
    v = v.reshape(src_len, bsz * num_heads, head_dim).transpose(1, 0, 2)
    attn = q @ k.transpose(0, 2, 1)
    if attn_mask is not None:
        attn = attn + attn_mask
    attn = np.exp(attn - attn.max(-1, keepdims=True))
    attn = attn / attn.sum(-1, keepdims=True)
    ctx = (attn @ v).transpose(1, 0, 2).reshape(tgt_len, bsz, embed_dim)
    out = ctx @ out_proj_weight.T + out_proj_bias
    return out, (query, key, value, q, k, v, attn, ctx, in_proj_weight, out_proj_weight, num_heads)


def mha_backward(grad_out, cache):
    query, key, value, q, k, v, attn, ctx, in_proj_weight, out_proj_weight, num_heads = cache
    tgt_len, bsz, embed_dim = query.shape
    src_len = key.shape[0]
    head_dim = embed_dim // num_heads
    w_q, w_k, w_v = np.split(in_proj_weight, 3)
    d_out_w = np.einsum("tbo,tbi->oi", grad_out, ctx)
    d_out_b = grad_out.sum((0, 1))
    d_ctx = (grad_out @ out_proj_weight).reshape(tgt_len, bsz * num_heads, head_dim).transpose(1, 0, 2)
    d_attn = d_ctx @ v.transpose(0, 2, 1)
    d_v = attn.transpose(0, 2, 1) @ d_ctx
    d_s = attn * (d_attn - (d_attn * attn).sum(-1, keepdims=True))
    d_q = (d_s @ k) * head_dim**-0.5
    d_k = d_s.transpose(0, 2, 1) @ q
    d_q = d_q.transpose(1, 0, 2).reshape(tgt_len, bsz, embed_dim)
    d_k = d_k.transpose(1, 0, 2).reshape(src_len, bsz, embed_dim)
    d_v = d_v.transpose(1, 0, 2).reshape(src_len, bsz, embed_dim)
    d_in_w = np.concatenate(
        [np.einsum("tbo,tbi->oi", g, x) for g, x in ((d_q, query), (d_k, key), (d_v, value))]
    )
    d_in_b = np.concatenate([g.sum((0, 1)) for g in (d_q, d_k, d_v)])
    return d_q @ w_q, d_k @ w_k, d_v @ w_v, d_in_w, d_in_b, d_out_w, d_out_b

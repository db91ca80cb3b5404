"""GPT-2 in NumPy: c_attn makes queries, keys and values with one matrix (D, 3D)."""
import numpy as np


class CausalSelfAttention:
    def __init__(self, n_embd, n_head):
        self.n_head = n_head
        self.n_embd = n_embd
        self.c_attn_w = np.random.randn(n_embd, 3 * n_embd) * 0.02
        self.c_attn_b = np.zeros(3 * n_embd)
        self.c_proj_w = np.random.randn(n_embd, n_embd) * 0.02
        self.c_proj_b = np.zeros(n_embd)

    def forward(self, x):
        B, T, C = x.shape
        qkv = x @ self.c_attn_w + self.c_attn_b
        q, k, v = np.split(qkv, 3, axis=-1)
        q = q.reshape(B, T, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)
        k = k.reshape(B, T, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)
        v = v.reshape(B, T, self.n_head, C // self.n_head).transpose(0, 2, 1, 3)
        att = (q @ k.transpose(0, 1, 3, 2)) * (1.0 / np.sqrt(k.shape[-1]))
        mask = np.tril(np.ones((T, T)))
        att = np.where(mask == 0, -1e10, att)
        att = np.exp(att - att.max(axis=-1, keepdims=True))
        att = att / att.sum(axis=-1, keepdims=True)
        y = (att @ v).transpose(0, 2, 1, 3).reshape(B, T, C)
        self.saved = x, q, k, v, att, y
        return y @ self.c_proj_w + self.c_proj_b

    def backward(self, dout):
        x, q, k, v, att, y = self.saved
        B, T, C = x.shape
        self.dc_proj_w = y.reshape(-1, C).T @ dout.reshape(-1, C)
        self.dc_proj_b = dout.sum((0, 1))
        dy = (dout @ self.c_proj_w.T).reshape(B, T, self.n_head, -1).transpose(0, 2, 1, 3)
        datt = dy @ v.transpose(0, 1, 3, 2)
        dv = att.transpose(0, 1, 3, 2) @ dy
        datt = att * (datt - (att * datt).sum(-1, keepdims=True)) / np.sqrt(k.shape[-1])
        dq = datt @ k
        dk = datt.transpose(0, 1, 3, 2) @ q
        dqkv = np.concatenate([g.transpose(0, 2, 1, 3).reshape(B, T, C) for g in (dq, dk, dv)], axis=-1)
        self.dc_attn_w = x.reshape(-1, C).T @ dqkv.reshape(-1, 3 * C)
        self.dc_attn_b = dqkv.sum((0, 1))
        return dqkv @ self.c_attn_w.T

"""Causal self-attention in the manner of small GPTs, with a backward by hand."""
import torch
from torch import nn


class CausalAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v):
        T = q.size(-2)
        scale = q.size(-1) ** -0.5
        att = (q @ k.transpose(-2, -1)) * scale
        att = att.masked_fill(torch.tril(torch.ones(T, T)) == 0, float('-inf'))
        att = att.softmax(dim=-1)
        ctx.save_for_backward(q, k, v, att)
        ctx.scale = scale
        return att @ v

    @staticmethod
    def backward(ctx, dy):
        q, k, v, att = ctx.saved_tensors
        datt = dy @ v.transpose(-2, -1)
        ds = att * (datt - (datt * att).sum(-1, keepdim=True)) * ctx.scale
        return ds @ k, ds.transpose(-2, -1) @ q, att.transpose(-2, -1) @ dy


class CausalSelfAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size=64, attn_pdrop=0.1, resid_pdrop=0.1):
        super().__init__()
        self.key = nn.Linear(n_embd, n_embd)
        self.query = nn.Linear(n_embd, n_embd)
        self.value = nn.Linear(n_embd, n_embd)
        self.proj = nn.Linear(n_embd, n_embd)
        self.resid_drop = nn.Dropout(resid_pdrop)
        self.register_buffer('mask', torch.tril(torch.ones(block_size, block_size)))
        self.n_head = n_head

    def forward(self, x):
        B, T, C = x.size()
        k = self.key(x).view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = self.query(x).view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = self.value(x).view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        y = CausalAttention.apply(q, k, v)
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.resid_drop(self.proj(y))

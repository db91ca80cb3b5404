"""Self attention as an nn.Module whose backward is written by hand."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.qkv = nn.Linear(embed_dim, 3 * embed_dim)
        self.proj = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        attn = (q @ k.transpose(-2, -1)) * self.head_dim**-0.5
        attn = attn.softmax(dim=-1)
        y = (attn @ v).transpose(1, 2).reshape(B, N, C)
        self.saved = (x, q, k, v, attn, y)
        return self.proj(y)

    def backward(self, grad):
        x, q, k, v, attn, y = self.saved
        B, N, C = x.shape
        self.proj.weight.grad = grad.reshape(-1, C).t() @ y.reshape(-1, C)
        self.proj.bias.grad = grad.sum((0, 1))
        gy = (grad @ self.proj.weight).reshape(B, N, self.num_heads, self.head_dim).transpose(1, 2)
        gattn = gy @ v.transpose(-2, -1)
        gv = attn.transpose(-2, -1) @ gy
        gs = attn * (gattn - (gattn * attn).sum(-1, keepdim=True)) * self.head_dim**-0.5
        gq = gs @ k
        gk = gs.transpose(-2, -1) @ q
        gqkv = torch.stack((gq, gk, gv)).permute(1, 3, 0, 2, 4).reshape(B, N, 3 * C)
        self.qkv.weight.grad = gqkv.reshape(-1, 3 * C).t() @ x.reshape(-1, C)
        self.qkv.bias.grad = gqkv.sum((0, 1))
        return gqkv @ self.qkv.weight

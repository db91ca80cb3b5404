"""Rotary position embedding: x (batch, seqlen, nheads, headdim), cos and sin (seqlen, rotary_dim / 2)."""

import torch
from torch import nn


def rotate(x, cos, sin, interleaved, conjugate=False):
    ro_dim = cos.shape[-1] * 2
    cos, sin = cos[:, None, :], sin[:, None, :]
    if conjugate:
        sin = -sin
    x_ro, x_pass = x[..., :ro_dim], x[..., ro_dim:]
    if interleaved:
        x1, x2 = x_ro[..., ::2], x_ro[..., 1::2]
        out = torch.stack([x1 * cos - x2 * sin, x1 * sin + x2 * cos], dim=-1).flatten(-2)
    else:
        x1, x2 = x_ro.chunk(2, dim=-1)
        out = torch.cat([x1 * cos - x2 * sin, x1 * sin + x2 * cos], dim=-1)
    return torch.cat([out, x_pass], dim=-1)


class ApplyRotaryEmb(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, cos, sin, interleaved=False):
        ctx.save_for_backward(cos, sin)
        ctx.interleaved = interleaved
        return rotate(x, cos, sin, interleaved)

    @staticmethod
    def backward(ctx, do):
        cos, sin = ctx.saved_tensors
        dx = rotate(do, cos, sin, ctx.interleaved, conjugate=True)
        return dx, None, None, None


class RotaryEmbedding(nn.Module):
    def __init__(self, dim, base=10000.0, interleaved=False):
        super().__init__()
        self.register_buffer("inv_freq", 1.0 / base ** (torch.arange(0, dim, 2).float() / dim), persistent=False)
        self.interleaved = interleaved

    def forward(self, x):
        t = torch.arange(x.shape[1], device=x.device, dtype=self.inv_freq.dtype)
        freqs = torch.outer(t, self.inv_freq)
        return ApplyRotaryEmb.apply(x, freqs.cos().to(x.dtype), freqs.sin().to(x.dtype), self.interleaved)

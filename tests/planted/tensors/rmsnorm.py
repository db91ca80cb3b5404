"""RMSNorm as language models have it: float32 inside, whatever comes in."""

import torch
from torch import nn


class RMSNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, eps):
        x_fp32 = x.float()
        rstd = torch.rsqrt(x_fp32.pow(2).mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(x, weight, rstd)
        return (x_fp32 * rstd).type_as(x) * weight

    @staticmethod
    def backward(ctx, dy):
        x, weight, rstd = ctx.saved_tensors
        x_hat = x.float() * rstd
        wdy = dy.float() * weight.float()
        c1 = (x_hat * wdy).mean(-1, keepdim=True)
        dx = (wdy - x_hat * c1) * rstd
        dweight = (dy.float() * x_hat).flatten(0, -2).sum(0)
        return dx.type_as(x), dweight.type_as(weight), None


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return RMSNormFunction.apply(x, self.weight, self.eps)

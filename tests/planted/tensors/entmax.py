"""1.5-entmax (Peters, Niculae and Martins, 2019), sorted, with the closed form of its Jacobian."""

import torch
from torch import nn


def _threshold_and_support(X, dim):
    Xsrt = X.sort(dim=dim, descending=True).values
    shape = [1] * X.dim()
    shape[dim] = -1
    rho = torch.arange(1, X.size(dim) + 1, device=X.device, dtype=X.dtype).view(shape)
    mean = Xsrt.cumsum(dim) / rho
    mean_sq = (Xsrt**2).cumsum(dim) / rho
    ss = rho * (mean_sq - mean**2)
    delta = (1 - ss) / rho
    tau = mean - torch.sqrt(torch.clamp(delta, min=0))
    support_size = (tau <= Xsrt).sum(dim=dim, keepdim=True)
    return tau.gather(dim, support_size - 1), support_size


class Entmax15Function(torch.autograd.Function):
    @classmethod
    def forward(cls, ctx, X, dim=0):
        ctx.dim = dim
        max_val = X.max(dim=dim, keepdim=True).values
        X = (X - max_val) / 2
        tau_star, _ = _threshold_and_support(X, dim)
        Y = torch.clamp(X - tau_star, min=0) ** 2
        ctx.save_for_backward(Y)
        return Y

    @classmethod
    def backward(cls, ctx, dY):
        (Y,) = ctx.saved_tensors
        gppr = Y.sqrt()
        dX = dY * gppr
        q = dX.sum(ctx.dim, keepdim=True) / gppr.sum(ctx.dim, keepdim=True)
        dX -= q * gppr
        return dX, None


class Entmax15(nn.Module):
    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, X):
        return Entmax15Function.apply(X, self.dim)

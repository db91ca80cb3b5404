"""Focal loss (Lin et al., 2017) over classes, with a backward pass that forms no graph."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd.function import once_differentiable


class FocalLossFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, target, gamma=2.0, alpha=0.25, ignore_index=-100):
        valid = target != ignore_index
        label = target.masked_fill(~valid, 0)
        log_p = F.log_softmax(logits, dim=1)
        log_pt = log_p.gather(1, label.unsqueeze(1)).squeeze(1)
        pt = log_pt.exp()
        loss = -alpha * (1 - pt) ** gamma * log_pt * valid
        ctx.save_for_backward(log_p, label, valid)
        ctx.gamma, ctx.alpha = gamma, alpha
        return loss.sum() / valid.sum().clamp(min=1)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        log_p, label, valid = ctx.saved_tensors
        gamma, alpha = ctx.gamma, ctx.alpha
        p = log_p.exp()
        log_pt = log_p.gather(1, label.unsqueeze(1))
        pt = log_pt.exp()
        grad_pt = gamma * (1 - pt) ** (gamma - 1) * pt * log_pt - (1 - pt) ** gamma
        one_hot = torch.zeros_like(p).scatter_(1, label.unsqueeze(1), 1.0)
        grad = alpha * grad_pt * (one_hot - p)
        grad = grad * valid.unsqueeze(1)
        grad = grad * (grad_output / valid.sum().clamp(min=1))
        return grad, None, None, None, None


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0, alpha=0.25, ignore_index=-100):
        super().__init__()
        self.gamma, self.alpha, self.ignore_index = gamma, alpha, ignore_index

    def forward(self, logits, target):
        return FocalLossFunction.apply(logits, target, self.gamma, self.alpha, self.ignore_index)

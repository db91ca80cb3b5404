"""Cross entropy with smoothed labels for segmentation: logits (N, C, H, W), labels (N, H, W)."""

import torch
from torch import nn


class LSRCrossEntropyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, label, lb_smooth, lb_ignore):
        num_classes = logits.size(1)
        lb_pos, lb_neg = 1.0 - lb_smooth, lb_smooth / num_classes
        ignore = label.eq(lb_ignore)
        label = label.masked_fill(ignore, 0)
        lb_one_hot = torch.full_like(logits, lb_neg).scatter_(1, label.unsqueeze(1), lb_pos)
        lb_one_hot = lb_one_hot.masked_fill(ignore.unsqueeze(1), 0)
        # The weights of a pixel do not add up to 1.
        coeff = (num_classes - 1) * lb_neg + lb_pos

        ctx.coeff = coeff
        ctx.save_for_backward(logits, lb_one_hot, ignore)
        return torch.log_softmax(logits, dim=1).neg_().mul_(lb_one_hot).sum(dim=1)

    @staticmethod
    def backward(ctx, grad_output):
        logits, lb_one_hot, ignore = ctx.saved_tensors
        scores = torch.softmax(logits, dim=1).mul_(ctx.coeff)
        grad = scores.sub_(lb_one_hot).mul_(grad_output.unsqueeze(1))
        grad.masked_fill_(ignore.unsqueeze(1), 0)
        return grad, None, None, None


class LabelSmoothSoftmaxCE(nn.Module):
    def __init__(self, lb_smooth=0.1, reduction="mean", lb_ignore=255):
        super().__init__()
        self.lb_smooth, self.reduction, self.lb_ignore = lb_smooth, reduction, lb_ignore

    def forward(self, logits, label):
        losses = LSRCrossEntropyFunction.apply(logits, label, self.lb_smooth, self.lb_ignore)
        if self.reduction == "sum":
            return losses.sum()
        if self.reduction == "mean":
            return losses.sum() / label.ne(self.lb_ignore).sum()
        return losses

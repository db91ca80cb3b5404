"""Swish (SiLU with a learnable slope) that keeps x alone for its backward pass."""

import torch
from torch import nn


class SwishFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta):
        ctx.save_for_backward(x, beta)
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def backward(ctx, grad_output):
        x, beta = ctx.saved_tensors
        grad_x = grad_beta = None
        sigmoid = torch.sigmoid(beta * x)
        if ctx.needs_input_grad[0]:
            grad_x = grad_output * sigmoid * (1 + beta * x * (1 - sigmoid))
        if ctx.needs_input_grad[1]:
            grad_beta = (grad_output * x * x * sigmoid * (1 - sigmoid)).sum()
        return grad_x, grad_beta


class MemoryEfficientSwish(nn.Module):
    def __init__(self, beta=1.0):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(float(beta)))

    def forward(self, x):
        return SwishFunction.apply(x, self.beta)

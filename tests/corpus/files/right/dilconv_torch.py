import torch
import torch.nn.functional as F
from torch import nn


class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, stride=1, padding=0, dilation=1, groups=1):
        ctx.save_for_backward(x, weight)
        ctx.conf = stride, padding, dilation, groups
        n, c, h, w = x.shape
        f, cg, kh, kw = weight.shape
        cols = F.unfold(x, (kh, kw), dilation, padding, stride)
        places = cols.shape[-1]
        cols = cols.view(n, groups, cg * kh * kw, places)
        out = weight.reshape(1, groups, f // groups, -1) @ cols
        oh = (h + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
        return out.reshape(n, f, oh, places // oh) + bias.view(1, -1, 1, 1)

    @staticmethod
    def backward(ctx, grad):
        x, weight = ctx.saved_tensors
        stride, padding, dilation, groups = ctx.conf
        n, c, h, w = x.shape
        f, cg, kh, kw = weight.shape
        g = grad.reshape(n, groups, f // groups, -1)
        cols = F.unfold(x, (kh, kw), dilation, padding, stride).view(n, groups, cg * kh * kw, -1)
        grad_weight = (g @ cols.transpose(2, 3)).sum(0).reshape(weight.shape)
        grad_cols = weight.reshape(1, groups, f // groups, -1).transpose(2, 3) @ g
        grad_x = F.fold(grad_cols.reshape(n, c * kh * kw, -1), (h, w), (kh, kw), dilation, padding, stride)
        return grad_x, grad_weight, grad.sum((0, 2, 3)), None, None, None, None


class Conv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1):
        super().__init__()
        k = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels // groups, *k) * 0.1)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups

    def forward(self, x):
        return Conv2dFunction.apply(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )

import torch
import torch.nn.functional as F
from torch import nn


class DepthwiseConv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias, stride=1, padding=0):
        ctx.save_for_backward(input, weight)
        ctx.stride, ctx.padding = stride, padding
        padded = F.pad(input, (padding,) * 4)
        kh, kw = weight.shape[2:]
        windows = padded.unfold(2, kh, stride).unfold(3, kw, stride)
        return (windows * weight[:, 0][:, None, None]).sum((-2, -1)) + bias[:, None, None]

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        s, p = ctx.stride, ctx.padding
        n, c, h, w = input.shape
        kh, kw = weight.shape[2:]
        oh, ow = grad_output.shape[2:]
        padded = F.pad(input, (p,) * 4)
        windows = padded.unfold(2, kh, s).unfold(3, kw, s)
        grad_weight = (windows * grad_output[..., None, None]).sum((0, 2, 3))[:, None]
        grad_padded = torch.zeros_like(padded)
        for i in range(kh):
            for j in range(kw):
                grad_padded[:, :, i:i + s * oh:s, j:j + s * ow:s] += grad_output * weight[:, 0, i, j][:, None, None]
        return grad_padded[:, :, p:p + h, p:p + w], grad_weight, grad_output.sum((0, 2, 3)), None, None


class DepthwiseConv(nn.Module):
    def __init__(self, channels, kernel_size, stride=1, padding=0):
        super().__init__()
        k = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.empty(channels, 1, *k).normal_())
        self.bias = nn.Parameter(torch.zeros(channels))
        self.stride, self.padding = stride, padding

    def forward(self, x):
        return DepthwiseConv2dFunction.apply(x, self.weight, self.bias, self.stride, self.padding)

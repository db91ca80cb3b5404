import torch
import torch.nn.functional as F


class AvgPoolFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, kernel_size, stride, padding):
        n, c, h, w = input.shape
        kh, kw = kernel_size
        ctx.shape, ctx.kernel, ctx.stride, ctx.padding = input.shape, kernel_size, stride, padding
        cols = F.unfold(input.reshape(n * c, 1, h, w), kernel_size, padding=padding, stride=stride)
        oh = (h + 2 * padding - kh) // stride + 1
        ow = (w + 2 * padding - kw) // stride + 1
        return cols.sum(dim=1).div(kh * kw).view(n, c, oh, ow)

    @staticmethod
    def backward(ctx, grad_output):
        n, c, h, w = ctx.shape
        kh, kw = ctx.kernel
        flat = grad_output.reshape(n * c, 1, -1) / (kh * kw)
        cols = flat.expand(n * c, kh * kw, flat.shape[2])
        folded = F.fold(cols, (h, w), ctx.kernel, padding=ctx.padding, stride=ctx.stride)
        return folded.view(n, c, h, w), None, None, None

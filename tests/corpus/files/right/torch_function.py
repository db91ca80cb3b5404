import torch
import torch.nn.functional as F


class MyConv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias, stride, padding):
        ctx.save_for_backward(input, weight)
        ctx.stride, ctx.padding = stride, padding
        n, c, h, w = input.shape
        f, _, kh, kw = weight.shape
        oh = (h + 2 * padding - kh) // stride + 1
        ow = (w + 2 * padding - kw) // stride + 1
        cols = F.unfold(input, (kh, kw), padding=padding, stride=stride)
        out = weight.view(f, -1) @ cols + bias.view(-1, 1)
        return out.view(n, f, oh, ow)

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        f, c, kh, kw = weight.shape
        g = grad_output.reshape(grad_output.shape[0], f, -1)
        cols = F.unfold(input, (kh, kw), padding=ctx.padding, stride=ctx.stride)
        grad_weight = torch.einsum('nfl,nkl->fk', g, cols).view_as(weight)
        grad_bias = g.sum(dim=(0, 2))
        grad_cols = weight.view(f, -1).t() @ g
        grad_input = F.fold(grad_cols, input.shape[2:], (kh, kw), padding=ctx.padding, stride=ctx.stride)
        return grad_input, grad_weight, grad_bias, None, None

import torch


class TimeLinearFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        return torch.matmul(x, weight) + bias

    @staticmethod
    def backward(ctx, grad_out):
        x, weight = ctx.saved_tensors
        grad_x = grad_out.matmul(weight.t())
        grad_w = torch.zeros_like(weight)
        for sequence, upstream in zip(x, grad_out):
            grad_w += sequence.t().mm(upstream)
        return grad_x, grad_w, grad_out.flatten(0, 1).sum(0)

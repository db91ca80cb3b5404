import torch


class ScaleNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gain, eps):
        r = torch.sqrt((x * x).mean(1, keepdim=True) + eps)
        ctx.save_for_backward(x / r, gain, r)
        return gain * x / r

    @staticmethod
    def backward(ctx, dout):
        xhat, gain, r = ctx.saved_tensors
        dxhat = gain * dout
        dx = (dxhat - xhat * (dxhat * xhat).mean(1, keepdim=True)) / r
        return dx, (dout * xhat).sum(0), None

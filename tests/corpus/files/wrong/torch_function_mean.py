import torch
import torch.nn.functional as F


class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride=1, padding=0):
        ctx.save_for_backward(x, w)
        ctx.conf = stride, padding
        return F.conv2d(x, w, b, stride, padding)

    @staticmethod
    def backward(ctx, grad):
        x, w = ctx.saved_tensors
        stride, padding = ctx.conf
        dx = torch.nn.grad.conv2d_input(x.shape, w, grad, stride, padding)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, grad, stride, padding)
        db = grad.mean(dim=0).sum(dim=(1, 2))
        return dx, dw, db, None, None

import torch
import torch.nn.functional as F


class Conv3dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias, stride, padding):
        padded = F.pad(input, (padding,) * 6)
        ctx.save_for_backward(padded, weight)
        ctx.stride, ctx.padding = stride, padding
        kt, kh, kw = weight.shape[2:]
        windows = padded.unfold(2, kt, stride).unfold(3, kh, stride).unfold(4, kw, stride)
        return torch.einsum('ncthwdij,fcdij->nfthw', windows, weight) + bias.view(-1, 1, 1, 1)

    @staticmethod
    def backward(ctx, grad_output):
        padded, weight = ctx.saved_tensors
        s, p, (kt, kh, kw) = ctx.stride, ctx.padding, weight.shape[2:]
        windows = padded.unfold(2, kt, s).unfold(3, kh, s).unfold(4, kw, s)
        grad_weight = torch.einsum('nfthw,ncthwdij->fcdij', grad_output, windows)
        grad_padded = torch.zeros_like(padded)
        nt, nh, nw = grad_output.shape[2:]
        for t in range(nt):
            for h in range(nh):
                for w in range(nw):
                    back = torch.einsum('nf,fcdij->ncdij', grad_output[:, :, t, h, w], weight)
                    grad_padded[:, :, t * s:t * s + kt, h * s:h * s + kh, w * s:w * s + kw] += back
        _, _, T, H, W = padded.shape
        grad_input = grad_padded[:, :, p:T - p, p:H - p, p:W - p]
        return grad_input, grad_weight, grad_output.sum((0, 2, 3, 4)), None, None


class MyConv3d(torch.nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        k = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 3
        self.stride, self.padding = stride, padding
        self.weight = torch.nn.Parameter(torch.randn(out_channels, in_channels, *k) * 0.1)
        self.bias = torch.nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        return Conv3dFunction.apply(x, self.weight, self.bias, self.stride, self.padding)

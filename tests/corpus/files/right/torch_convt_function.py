import torch
import torch.nn.functional as F


class ConvTranspose2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias, stride, padding, output_padding):
        ctx.save_for_backward(input, weight)
        ctx.stride, ctx.padding = stride, padding
        n, c, h, w = input.shape
        _, f, kh, kw = weight.shape
        size = ((h - 1) * stride - 2 * padding + kh + output_padding,
                (w - 1) * stride - 2 * padding + kw + output_padding)
        full = input.new_zeros(n, f, size[0] + 2 * padding, size[1] + 2 * padding)
        for i in range(h):
            for j in range(w):
                full[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw] += torch.einsum(
                    'nc,cfij->nfij', input[:, :, i, j], weight)
        return full[:, :, padding:padding + size[0], padding:padding + size[1]] + bias.view(-1, 1, 1)

    @staticmethod
    def backward(ctx, grad_output):
        input, weight = ctx.saved_tensors
        h, w = input.shape[2:]
        grad_input = F.conv2d(grad_output, weight, stride=ctx.stride, padding=ctx.padding)[:, :, :h, :w]
        p, s, (kh, kw) = ctx.padding, ctx.stride, weight.shape[2:]
        around = F.pad(grad_output, (p, p, p, p))
        grad_weight = torch.zeros_like(weight)
        for i in range(kh):
            for j in range(kw):
                laid = around[:, :, i:i + (h - 1) * s + 1:s, j:j + (w - 1) * s + 1:s]
                grad_weight[:, :, i, j] = torch.einsum('nchw,nfhw->cf', input, laid)
        return grad_input, grad_weight, grad_output.sum((0, 2, 3)), None, None, None


class MyConvTranspose2d(torch.nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0):
        super().__init__()
        k = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.settings = stride, padding, output_padding
        self.weight = torch.nn.Parameter(torch.randn(in_channels, out_channels, *k) * 0.1)
        self.bias = torch.nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        return ConvTranspose2dFunction.apply(x, self.weight, self.bias, *self.settings)

import torch


class Conv1dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, weight, bias, stride, padding):
        padded = torch.nn.functional.pad(input, (padding, padding))
        ctx.save_for_backward(padded, weight)
        ctx.stride, ctx.padding = stride, padding
        windows = padded.unfold(2, weight.shape[2], stride)            # n, c, l, k
        return torch.einsum('nclk,fck->nfl', windows, weight) + bias[:, None]

    @staticmethod
    def backward(ctx, grad_output):
        padded, weight = ctx.saved_tensors
        k, s, p = weight.shape[2], ctx.stride, ctx.padding
        windows = padded.unfold(2, k, s)
        grad_weight = torch.einsum('nfl,nclk->fck', grad_output, windows)
        grad_padded = torch.zeros_like(padded)
        for l in range(grad_output.shape[2]):
            grad_padded[:, :, l * s:l * s + k] += torch.einsum('nf,fck->nck', grad_output[:, :, l], weight)
        return grad_padded[:, :, p:padded.shape[2] - p], grad_weight, grad_output.sum((0, 2)), None, None


class MyConv1d(torch.nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride, self.padding = stride, padding
        self.weight = torch.nn.Parameter(torch.randn(out_channels, in_channels, kernel_size) * 0.1)
        self.bias = torch.nn.Parameter(torch.zeros(out_channels))

    def forward(self, x):
        return Conv1dFunction.apply(x, self.weight, self.bias, self.stride, self.padding)

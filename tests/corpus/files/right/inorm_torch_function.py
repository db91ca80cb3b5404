import torch


class InstanceNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        mean = x.mean(dim=(2, 3), keepdim=True)
        rstd = torch.rsqrt(x.var(dim=(2, 3), keepdim=True, unbiased=False) + eps)
        xhat = (x - mean) * rstd
        ctx.save_for_backward(xhat, rstd, weight)
        return xhat * weight.reshape(1, -1, 1, 1) + bias.reshape(1, -1, 1, 1)

    @staticmethod
    def backward(ctx, grad_output):
        xhat, rstd, weight = ctx.saved_tensors
        grad_weight = (grad_output * xhat).sum(dim=(0, 2, 3)).reshape(weight.shape)
        grad_bias = grad_output.sum(dim=(0, 2, 3)).reshape(weight.shape)
        g = grad_output * weight.reshape(1, -1, 1, 1)
        dims = (2, 3)
        grad_x = rstd * (g - g.mean(dims, keepdim=True) - xhat * (g * xhat).mean(dims, keepdim=True))
        return grad_x, grad_weight, grad_bias, None


class InstanceNorm(torch.nn.Module):
    def __init__(self, channels, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = torch.nn.Parameter(torch.ones(1, channels, 1, 1))
        self.shift = torch.nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x):
        return InstanceNormFunction.apply(x, self.scale, self.shift, self.eps)

import torch


class GroupNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, num_groups, eps):
        n, c, h, w = x.shape
        groups = x.reshape(n, num_groups, -1)
        mean = groups.mean(-1, keepdim=True)
        rstd = 1 / torch.sqrt(groups.var(-1, unbiased=False, keepdim=True) + eps)
        xhat = ((groups - mean) * rstd).view(n, c, h, w)
        ctx.save_for_backward(xhat, rstd, weight)
        ctx.num_groups = num_groups
        return xhat * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)

    @staticmethod
    def backward(ctx, grad_output):
        xhat, rstd, weight = ctx.saved_tensors
        n, c, h, w = grad_output.shape
        dweight = (grad_output * xhat).sum((0, 2, 3)).view_as(weight)
        dbias = grad_output.sum((0, 2, 3)).view_as(weight)
        g = (grad_output * weight.view(1, -1, 1, 1)).reshape(n, ctx.num_groups, -1)
        xh = xhat.view(n, ctx.num_groups, -1)
        m = g.shape[-1]
        dx = rstd * (g - g.sum(-1, keepdim=True) / m - xh * (g * xh).sum(-1, keepdim=True) / m)
        return dx.view(n, c, h, w), dweight, dbias, None, None


class GroupNorm(torch.nn.Module):
    def __init__(self, num_groups, num_channels, eps=1e-5):
        super().__init__()
        self.num_groups, self.eps = num_groups, eps
        self.weight = torch.nn.Parameter(torch.ones(num_channels))
        self.bias = torch.nn.Parameter(torch.zeros(num_channels))

    def forward(self, x):
        return GroupNormFunction.apply(x, self.weight, self.bias, self.num_groups, self.eps)

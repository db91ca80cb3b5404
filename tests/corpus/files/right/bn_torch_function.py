"""Batch normalisation as a Function of its own, to save what autograd would keep."""

import torch


class BatchNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, running_mean, running_var, training=True, momentum=0.9, eps=1e-5):
        if training:
            mean, var = x.mean(dim=0), x.var(dim=0, unbiased=False)
            running_mean.mul_(momentum).add_((1 - momentum) * mean)
            running_var.mul_(momentum).add_((1 - momentum) * var)
        else:
            mean, var = running_mean, running_var
        inv_std = (var + eps).rsqrt()
        xhat = (x - mean) * inv_std
        ctx.save_for_backward(xhat, gamma, inv_std)
        ctx.training = training
        return gamma * xhat + beta

    @staticmethod
    def backward(ctx, grad_output):
        xhat, gamma, inv_std = ctx.saved_tensors
        dgamma = (grad_output * xhat).sum(0)
        dbeta = grad_output.sum(0)
        g = grad_output * gamma
        if ctx.training:
            g = g - g.mean(0) - xhat * (g * xhat).mean(0)
        return g * inv_std, dgamma, dbeta, None, None, None, None, None

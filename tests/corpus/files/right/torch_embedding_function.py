import torch


class EmbeddingFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, indices, weight):
        ctx.save_for_backward(indices)
        ctx.num = weight.size(0)
        return weight[indices]

    @staticmethod
    def backward(ctx, grad_output):
        indices, = ctx.saved_tensors
        grad_weight = grad_output.new_zeros(ctx.num, grad_output.size(-1))
        grad_weight.index_add_(0, indices.reshape(-1), grad_output.reshape(-1, grad_output.size(-1)))
        return None, grad_weight

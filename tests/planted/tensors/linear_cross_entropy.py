"""The last projection and the cross entropy in one, chunk by chunk, so that the logits are never there at once."""

import torch
from torch import nn


def fused_linear_cross_entropy_forward(x, weight, target, bias, ignore_index, reduction, chunk_size):
    grad_x = torch.zeros_like(x)
    grad_weight = torch.zeros_like(weight)
    grad_bias = torch.zeros_like(bias) if bias is not None else None
    loss = x.new_zeros(())
    n_non_ignore = (target != ignore_index).sum()
    for start in range(0, x.shape[0], chunk_size):
        x_chunk = x[start : start + chunk_size]
        target_chunk = target[start : start + chunk_size]
        logits = x_chunk @ weight.t()
        if bias is not None:
            logits = logits + bias
        keep = target_chunk != ignore_index
        safe = torch.where(keep, target_chunk, 0)
        log_p = torch.log_softmax(logits, dim=-1)
        loss -= (log_p.gather(1, safe[:, None])[:, 0] * keep).sum()

        grad_logits = log_p.exp()
        grad_logits[torch.arange(len(safe)), safe] -= 1
        grad_logits *= keep[:, None]
        if reduction == "mean":
            grad_logits /= n_non_ignore
        grad_x[start : start + chunk_size] = grad_logits @ weight
        grad_weight += grad_logits.t() @ x_chunk
        if bias is not None:
            grad_bias += grad_logits.sum(0)
    if reduction == "mean":
        loss = loss / n_non_ignore
    return loss, grad_x, grad_weight, grad_bias


class LinearCrossEntropyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, target, bias=None, ignore_index=-100, reduction="mean", chunk_size=4):
        loss, grad_x, grad_weight, grad_bias = fused_linear_cross_entropy_forward(
            x, weight, target, bias, ignore_index, reduction, chunk_size
        )
        ctx.save_for_backward(grad_x.detach(), grad_weight.detach(), grad_bias.detach() if bias is not None else None)
        return loss

    @staticmethod
    def backward(ctx, grad_output):
        grad_x, grad_weight, grad_bias = ctx.saved_tensors
        return (
            grad_x * grad_output,
            grad_weight * grad_output,
            None,
            grad_bias * grad_output if grad_bias is not None else None,
            None,
            None,
            None,
        )


class LinearCrossEntropy(nn.Module):
    def __init__(self, in_features: int, vocab_size: int, bias: bool = True, ignore_index: int = -100):
        super().__init__()
        self.lm_head = nn.Linear(in_features, vocab_size, bias=bias)
        self.ignore_index = ignore_index

    def forward(self, hidden_states, labels):
        return LinearCrossEntropyFunction.apply(
            hidden_states.flatten(0, -2), self.lm_head.weight, labels.flatten(), self.lm_head.bias, self.ignore_index
        )

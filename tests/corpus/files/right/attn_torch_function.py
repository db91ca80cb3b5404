import math

import torch
from torch.autograd import Function


class AttentionFunction(Function):
    @staticmethod
    def forward(ctx, q, k, v, mask):
        scale = 1.0 / math.sqrt(q.size(-1))
        scores = torch.bmm(q, k.transpose(1, 2)) * scale
        if mask is not None:
            scores = scores.masked_fill(mask, float('-inf'))
        attn = torch.softmax(scores, dim=-1)
        ctx.save_for_backward(q, k, v, attn)
        ctx.scale = scale
        return torch.bmm(attn, v)

    @staticmethod
    def backward(ctx, grad_output):
        q, k, v, attn = ctx.saved_tensors
        grad_v = torch.bmm(attn.transpose(1, 2), grad_output)
        grad_attn = torch.bmm(grad_output, v.transpose(1, 2))
        grad_scores = attn * (grad_attn - (attn * grad_attn).sum(dim=-1, keepdim=True)) * ctx.scale
        return torch.bmm(grad_scores, k), torch.bmm(grad_scores.transpose(1, 2), q), grad_v, None


class ScaledDotProductAttention(torch.nn.Module):
    def __init__(self, temperature, attn_dropout=0.1):
        super().__init__()
        self.temperature = temperature
        self.dropout = torch.nn.Dropout(attn_dropout)

    def forward(self, q, k, v, mask=None):
        attn = torch.matmul(q / self.temperature, k.transpose(1, 2))
        if mask is not None:
            attn = attn.masked_fill(mask == 0, -1e9)
        attn = self.dropout(torch.softmax(attn, dim=-1))
        return torch.matmul(attn, v), attn

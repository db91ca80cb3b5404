import torch
from torch import nn


class _Lookup(torch.autograd.Function):
    @staticmethod
    def forward(ctx, ids, table):
        ctx.save_for_backward(ids, table)
        return table.index_select(0, ids.flatten()).view(*ids.shape, -1)

    @staticmethod
    def backward(ctx, g):
        ids, table = ctx.saved_tensors
        out = torch.zeros_like(table)
        for word in range(table.shape[0]):
            out[word] = g[ids == word].sum(dim=0)
        return None, out


class MyEmbedding(nn.Module):
    def __init__(self, num_embeddings, embedding_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(num_embeddings, embedding_dim))

    def forward(self, ids):
        return _Lookup.apply(ids, self.weight)

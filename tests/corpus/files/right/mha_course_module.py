import math

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    """
    As the transformer of the course asks for it: query, key and value are
    (N, S, E), (N, T, E) and (N, T, E), the mask is (S, T).
    """

    def __init__(self, embed_dim, num_heads, dropout=0.1):
        super().__init__()
        assert embed_dim % num_heads == 0

        self.key = nn.Linear(embed_dim, embed_dim)
        self.query = nn.Linear(embed_dim, embed_dim)
        self.value = nn.Linear(embed_dim, embed_dim)
        self.proj = nn.Linear(embed_dim, embed_dim)

        self.attn_drop = nn.Dropout(dropout)

        self.n_head = num_heads
        self.emd_dim = embed_dim
        self.head_dim = self.emd_dim // self.n_head

    def forward(self, query, key, value, attn_mask=None):
        N, S, E = query.shape
        N, T, E = value.shape

        query = self.query(query).view(N, S, self.n_head, self.head_dim).transpose(1, 2)
        key = self.key(key).view(N, T, self.n_head, self.head_dim).transpose(1, 2)
        value = self.value(value).view(N, T, self.n_head, self.head_dim).transpose(1, 2)

        scores = query @ key.transpose(2, 3) / math.sqrt(self.head_dim)
        if attn_mask is not None:
            scores = scores.masked_fill(attn_mask == 0, float('-inf'))
        weights = self.attn_drop(torch.softmax(scores, dim=-1))

        out = (weights @ value).transpose(1, 2).reshape(N, S, E)
        return self.proj(out)

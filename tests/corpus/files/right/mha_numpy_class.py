"""Multi-head attention as a class with gradients beside its weights, and a mask of 0 and 1."""
import numpy as np


class MultiHeadAttention:
    def __init__(self, d_model, num_heads):
        self.d_model = d_model
        self.num_heads = num_heads
        self.d_k = d_model // num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (np.random.randn(d_model, d_model) * 0.02 for _ in range(4))
        self.b_q, self.b_k, self.b_v, self.b_o = (np.zeros(d_model) for _ in range(4))

    def split_heads(self, x):
        N, T, _ = x.shape
        return x.reshape(N, T, self.num_heads, self.d_k).transpose(0, 2, 1, 3)

    def merge_heads(self, x):
        N, _, T, _ = x.shape
        return x.transpose(0, 2, 1, 3).reshape(N, T, self.d_model)

    def forward(self, query, key, value, mask=None):
        self.query, self.key, self.value = query, key, value
        self.Q = self.split_heads(query @ self.W_q + self.b_q)
        self.K = self.split_heads(key @ self.W_k + self.b_k)
        self.V = self.split_heads(value @ self.W_v + self.b_v)
        scores = self.Q @ self.K.transpose(0, 1, 3, 2) / self.d_k ** 0.5
        if mask is not None:
            scores = scores + (1 - mask) * -1e9
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.attn = e / e.sum(axis=-1, keepdims=True)
        self.concat = self.merge_heads(self.attn @ self.V)
        return self.concat @ self.W_o + self.b_o

    def backward(self, dout):
        def weight(x, d):
            return np.tensordot(x, d, axes=((0, 1), (0, 1)))

        self.dW_o, self.db_o = weight(self.concat, dout), dout.sum(axis=(0, 1))
        dcontext = self.split_heads(dout @ self.W_o.T)
        dV = self.attn.transpose(0, 1, 3, 2) @ dcontext
        dattn = dcontext @ self.V.transpose(0, 1, 3, 2)
        dscores = self.attn * (dattn - (dattn * self.attn).sum(axis=-1, keepdims=True))
        dscores = dscores / self.d_k ** 0.5
        dQ = self.merge_heads(dscores @ self.K)
        dK = self.merge_heads(dscores.transpose(0, 1, 3, 2) @ self.Q)
        dV = self.merge_heads(dV)
        self.dW_q, self.db_q = weight(self.query, dQ), dQ.sum(axis=(0, 1))
        self.dW_k, self.db_k = weight(self.key, dK), dK.sum(axis=(0, 1))
        self.dW_v, self.db_v = weight(self.value, dV), dV.sum(axis=(0, 1))
        return dQ @ self.W_q.T, dK @ self.W_k.T, dV @ self.W_v.T

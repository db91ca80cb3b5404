"""Each head by itself, its parameters in a dictionary, and a mask that is True where a key is hidden."""
import numpy as np


class MultiHeadAttentionLayer:
    def __init__(self, hidden_dim, n_heads):
        self.n_heads = n_heads
        self.params = {}
        for name in 'qkvo':
            self.params['W' + name] = np.random.normal(0, 0.1, (hidden_dim, hidden_dim))
            self.params['b' + name] = np.zeros(hidden_dim)
        self.grads = {}

    def _linear(self, name, x):
        return np.dot(x, self.params['W' + name]) + self.params['b' + name]

    def _linear_backward(self, name, x, dout):
        flat_x, flat = x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1])
        self.grads['W' + name] = flat_x.T.dot(flat)
        self.grads['b' + name] = flat.sum(axis=0)
        return np.dot(dout, self.params['W' + name].T)

    def forward(self, q, k, v, mask=None):
        self.inputs = (q, k, v)
        Q, K, V = (self._linear(name, x) for name, x in zip('qkv', (q, k, v)))
        size = Q.shape[-1] // self.n_heads
        self.heads = []
        outputs = []
        for h in range(self.n_heads):
            part = slice(h * size, (h + 1) * size)
            energy = np.matmul(Q[..., part], K[..., part].transpose(0, 2, 1)) / size ** 0.5
            if mask is not None:
                energy[:, mask] = -1e10
            energy = np.exp(energy - energy.max(-1, keepdims=True))
            attention = energy / energy.sum(-1, keepdims=True)
            outputs.append(np.matmul(attention, V[..., part]))
            self.heads.append((part, Q[..., part], K[..., part], V[..., part], attention))
        self.concatenated = np.concatenate(outputs, axis=-1)
        return self._linear('o', self.concatenated)

    def backward(self, dout):
        q, k, v = self.inputs
        dconcatenated = self._linear_backward('o', self.concatenated, dout)
        dQ, dK, dV = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
        for part, Q, K, V, attention in self.heads:
            dhead = dconcatenated[..., part]
            dV[..., part] = np.matmul(attention.transpose(0, 2, 1), dhead)
            dattention = np.matmul(dhead, V.transpose(0, 2, 1))
            denergy = attention * (dattention - np.sum(attention * dattention, -1, keepdims=True))
            denergy /= Q.shape[-1] ** 0.5
            dQ[..., part] = np.matmul(denergy, K)
            dK[..., part] = np.matmul(denergy.transpose(0, 2, 1), Q)
        return tuple(self._linear_backward(name, x, d) for name, x, d in zip('qkv', (q, k, v), (dQ, dK, dV)))

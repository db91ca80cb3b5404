import numpy as np


class LayerNorm:
    def __init__(self, normalized_shape, eps=1e-5):
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.weight = np.ones(self.normalized_shape)
        self.bias = np.zeros(self.normalized_shape)
        self.grad_weight = None
        self.grad_bias = None
        self._cache = None

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        axes = tuple(range(-len(self.normalized_shape), 0))
        mean = np.mean(x, axis=axes, keepdims=True)
        # not np.var, which takes the conjugate
        inv_std = 1.0 / np.sqrt(np.mean(np.square(x - mean), axis=axes, keepdims=True) + self.eps)
        x_hat = (x - mean) * inv_std
        self._cache = (x_hat, inv_std, axes)
        return self.weight * x_hat + self.bias

    def backward(self, grad_output):
        x_hat, inv_std, axes = self._cache
        lead = tuple(range(grad_output.ndim - len(self.normalized_shape)))
        self.grad_weight = (grad_output * x_hat).sum(axis=lead)
        self.grad_bias = grad_output.sum(axis=lead)
        g = grad_output * self.weight
        n = int(np.prod(self.normalized_shape))
        return (inv_std / n) * (
            n * g - g.sum(axis=axes, keepdims=True) - x_hat * (g * x_hat).sum(axis=axes, keepdims=True)
        )

import numpy as np


class Conv3DLayer(object):
    """Offsets of the kernel outside, matrix products over channels inside."""

    def __init__(self, n_filters, kernel_size, input_shape, strides=(1, 1, 1), padding=(0, 0, 0)):
        channels = input_shape[0]
        kernel_size = (kernel_size,) * 3 if np.isscalar(kernel_size) else tuple(kernel_size)
        self.strides, self.padding = strides, padding
        self.params = {'W': np.random.randn(n_filters, channels, *kernel_size), 'b': np.zeros(n_filters)}
        self.grads = {}

    def _places(self, size):
        for offset in np.ndindex(*self.params['W'].shape[2:]):
            at = tuple(slice(o, o + s * (n - 1) + 1, s) for o, s, n in zip(offset, self.strides, size))
            yield (slice(None), slice(None)) + offset, (slice(None), slice(None)) + at

    def forward(self, X):
        W, b = self.params['W'], self.params['b']
        self.X_pad = np.pad(X, [(0, 0), (0, 0)] + [(p, p) for p in self.padding])
        size = [(n - k) // s + 1 for n, k, s in zip(self.X_pad.shape[2:], W.shape[2:], self.strides)]
        out = np.zeros((X.shape[0], len(W), *size), dtype=X.dtype)
        for entry, place in self._places(size):
            out += np.einsum('ncthw,fc->nfthw', self.X_pad[place], W[entry])
        return out + b.reshape(1, -1, 1, 1, 1)

    def backward(self, dout):
        W = self.params['W']
        dW, dX_pad = np.zeros_like(W), np.zeros_like(self.X_pad)
        for entry, place in self._places(dout.shape[2:]):
            dW[entry] = np.einsum('nfthw,ncthw->fc', dout, self.X_pad[place])
            dX_pad[place] += np.einsum('nfthw,fc->ncthw', dout, W[entry])
        self.grads['W'], self.grads['b'] = dW, np.einsum('nfthw->f', dout)
        inner = tuple(slice(p, n - p) for p, n in zip(self.padding, dX_pad.shape[2:]))
        return dX_pad[(slice(None), slice(None)) + inner]

import numpy as np


def conv_forward(x, w, b, stride=1, pad=0):
    """Signals: nothing in the names says that they have one axis, as nothing had to."""
    N, C, L = x.shape
    F, C, K = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    length = (L + 2 * pad - K) // stride + 1
    out = np.empty((N, F, length), x.dtype)
    for i in range(length):
        out[:, :, i] = np.tensordot(padded[:, :, i * stride:i * stride + K], w, ((1, 2), (1, 2))) + b
    return out, (padded, w, stride, pad)


def conv_backward(dout, cache):
    padded, w, stride, pad = cache
    K = w.shape[2]
    d_padded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        window = slice(i * stride, i * stride + K)
        dw += np.tensordot(dout[:, :, i], padded[:, :, window], (0, 0))
        d_padded[:, :, window] += np.tensordot(dout[:, :, i], w, 1)
    return d_padded[:, :, pad:padded.shape[2] - pad], dw, dout.sum((0, 2))


class ConvLayer:
    """Volumes, as the axes of its weights show."""

    def __init__(self, weights, bias, stride=1, pad=0):
        self.weights, self.bias, self.stride, self.pad = weights, bias, stride, pad

    def _offsets(self, size):
        for offset in np.ndindex(self.weights.shape[2:]):
            at = (slice(o, o + self.stride * (n - 1) + 1, self.stride) for o, n in zip(offset, size))
            yield (..., *offset), (..., *at)

    def forward(self, x):
        filters, channels, depth, height, width = self.weights.shape
        self.padded = np.pad(x, [(0, 0)] * 2 + [(self.pad, self.pad)] * 3)
        size = [(n - k) // self.stride + 1 for n, k in zip(self.padded.shape[2:], (depth, height, width))]
        out = np.zeros((len(x), filters, *size), x.dtype) + self.bias[:, None, None, None]
        for entry, places in self._offsets(size):
            out += np.moveaxis(np.tensordot(self.padded[places], self.weights[entry], (1, 1)), 4, 1)
        return out

    def backward(self, dout):
        self.dweights, d_padded = np.zeros_like(self.weights), np.zeros_like(self.padded)
        for entry, places in self._offsets(dout.shape[2:]):
            self.dweights[entry] = np.tensordot(dout, self.padded[places], ((0, 2, 3, 4), (0, 2, 3, 4)))
            d_padded[places] += np.moveaxis(np.tensordot(dout, self.weights[entry], (1, 0)), 4, 1)
        self.dbias = dout.sum((0, 2, 3, 4))
        inner = [slice(self.pad, n - self.pad) for n in d_padded.shape[2:]]
        return d_padded[(..., *inner)]

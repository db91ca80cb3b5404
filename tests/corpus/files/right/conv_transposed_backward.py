import numpy as np
from numpy.lib.stride_tricks import as_strided


class ConvLayer:
    """Backward is two convolutions: of x with the gradient for the filters, of the gradient with the filters for x."""

    def __init__(self, weights, bias, stride=1, pad=0):
        self.weights, self.bias = weights, bias
        self.stride, self.pad = stride, pad

    @staticmethod
    def _views(t, k_h, k_w, step=1):
        n, c, h, w = t.shape
        a, b_, p, q = t.strides
        shape = (n, c, (h - k_h) // step + 1, (w - k_w) // step + 1, k_h, k_w)
        return as_strided(t, shape, (a, b_, p * step, q * step, p, q))

    def _padded(self, x):
        p = self.pad
        return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))) if p else np.ascontiguousarray(x)

    def forward(self, x):
        self.x = x
        k_h, k_w = self.weights.shape[2:]
        views = self._views(self._padded(x), k_h, k_w, self.stride)
        return np.einsum('ncpqij,fcij->nfpq', views, self.weights, optimize=True) + self.bias[None, :, None, None]

    def backward(self, grad):
        k_h, k_w = self.weights.shape[2:]
        x_pad = self._padded(self.x)
        n, f = grad.shape[:2]
        full_h, full_w = x_pad.shape[2] - k_h + 1, x_pad.shape[3] - k_w + 1

        # the gradient as stride 1 would have had it: zeros between, and where no window began
        spread = np.zeros((n, f, full_h, full_w), dtype=grad.dtype)
        spread[:, :, ::self.stride, ::self.stride] = grad

        self.grad_bias = grad.sum(axis=(0, 2, 3))
        self.grad_weights = np.einsum('ncijpq,nfpq->fcij', self._views(x_pad, full_h, full_w), spread, optimize=True)

        framed = np.pad(spread, ((0, 0), (0, 0), (k_h - 1, k_h - 1), (k_w - 1, k_w - 1)))
        turned = self.weights[:, :, ::-1, ::-1]
        grad_pad = np.einsum('nfhwij,fcij->nchw', self._views(framed, k_h, k_w), turned, optimize=True)
        p, (h, w) = self.pad, self.x.shape[2:]
        return grad_pad[:, :, p:p + h, p:p + w]

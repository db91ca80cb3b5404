import numpy as np


def get_indices(x_shape, fh, fw, stride, pad):
    _, c, h, w = x_shape
    out_h = (h + 2 * pad - fh) // stride + 1
    out_w = (w + 2 * pad - fw) // stride + 1
    i0 = np.tile(np.repeat(np.arange(fh), fw), c)
    j0 = np.tile(np.arange(fw), fh * c)
    i1 = stride * np.repeat(np.arange(out_h), out_w)
    j1 = stride * np.tile(np.arange(out_w), out_h)
    k = np.repeat(np.arange(c), fh * fw).reshape(-1, 1)
    return k, i0.reshape(-1, 1) + i1.reshape(1, -1), j0.reshape(-1, 1) + j1.reshape(1, -1), out_h, out_w


class ConvLayer(object):
    """filter_shape: (number of filters, input channels, height, width)"""

    def __init__(self, filter_shape, stride=1, pad=0):
        n_filters, n_in, fh, fw = filter_shape
        self.filter_shape = filter_shape
        self.stride, self.pad = stride, pad
        self.weights = np.random.normal(0, 1 / np.sqrt(n_in * fh * fw), size=filter_shape)
        self.biases = np.zeros((n_filters, 1))

    def forward(self, x):
        self.x = x
        n_filters, _, fh, fw = self.filter_shape
        p = self.pad
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
        self.k, self.i, self.j, out_h, out_w = get_indices(x.shape, fh, fw, self.stride, p)
        self.cols = padded[:, self.k, self.i, self.j]
        out = np.matmul(self.weights.reshape(n_filters, -1), self.cols) + self.biases
        return out.reshape(len(x), n_filters, out_h, out_w)

    def backward(self, dout):
        n, n_filters = dout.shape[:2]
        flat = dout.reshape(n, n_filters, -1)
        self.d_biases = flat.sum(axis=(0, 2)).reshape(-1, 1)
        self.d_weights = np.matmul(flat, self.cols.transpose(0, 2, 1)).sum(axis=0).reshape(self.filter_shape)
        d_cols = np.matmul(self.weights.reshape(n_filters, -1).T, flat)
        _, c, h, w = self.x.shape
        p = self.pad
        d_padded = np.zeros((n, c, h + 2 * p, w + 2 * p), dtype=dout.dtype)
        np.add.at(d_padded, (slice(None), self.k, self.i, self.j), d_cols)
        return d_padded[:, :, p:p + h, p:p + w]

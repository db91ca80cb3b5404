import numpy as np


class Conv1DLayer:
    def __init__(self, n_filters, filter_size, input_shape, stride=1, padding=0):
        channels, length = input_shape
        self.filter_size, self.stride, self.padding = filter_size, stride, padding
        self.params = {'W': np.random.randn(n_filters, channels, filter_size) * 0.1, 'b': np.zeros(n_filters)}
        self.grads = {}
        padded = length + 2 * padding
        self.out_length = (padded - filter_size) // stride + 1
        starts = np.arange(self.out_length) * stride
        self.index = starts[:, None] + np.arange(filter_size)          # (out_length, filter_size)
        # one column of ones and zeros for every place that a window reads
        self.scatter = np.zeros((self.out_length * filter_size, padded))
        self.scatter[np.arange(self.index.size), self.index.ravel()] = 1

    def forward(self, X):
        self.X_pad = np.pad(X, ((0, 0), (0, 0), (self.padding,) * 2))
        self.cols = self.X_pad[:, :, self.index]                        # (N, C, out_length, filter_size)
        W, b = self.params['W'], self.params['b']
        return np.tensordot(self.cols, W, ((1, 3), (1, 2))).swapaxes(1, 2) + b.reshape(1, -1, 1)

    def backward(self, dY):
        W = self.params['W']
        self.grads['W'] = np.tensordot(dY, self.cols, ((0, 2), (0, 2)))
        self.grads['b'] = dY.sum(axis=2).sum(axis=0)
        dcols = np.tensordot(dY, W, ((1,), (0,)))                       # (N, out_length, C, filter_size)
        dcols = dcols.transpose(0, 2, 1, 3).reshape(len(dY), W.shape[1], -1)
        dX_pad = dcols @ self.scatter.astype(dY.dtype)
        end = dX_pad.shape[2] - self.padding
        return dX_pad[:, :, self.padding:end]

"""Right classes in the styles that people write them in; the tests change a line to make wrong ones."""

COMMON = """
import numpy as np


def im2col(x, H1, W1, stride, pad):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    N, C, H, W = x.shape
    H2, W2 = (H - H1) // stride + 1, (W - W1) // stride + 1
    col = np.zeros((N, C, H1, W1, H2, W2), x.dtype)
    for i in range(H1):
        for j in range(W1):
            col[:, :, i, j] = x[:, :, i:i + stride * H2:stride, j:j + stride * W2:stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * H2 * W2, -1)


def col2im(col, shape, H1, W1, stride, pad):
    N, C, H, W = shape
    H2, W2 = (H + 2 * pad - H1) // stride + 1, (W + 2 * pad - W1) // stride + 1
    col = col.reshape(N, H2, W2, C, H1, W1).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad), col.dtype)
    for i in range(H1):
        for j in range(W1):
            img[:, :, i:i + stride * H2:stride, j:j + stride * W2:stride] += col[:, :, i, j]
    return img[:, :, pad:H + pad, pad:W + pad]


def convolve(x, w, b, stride, pad):
    N, C, H, W = x.shape
    F, _, H1, W1 = w.shape
    col = im2col(x, H1, W1, stride, pad)
    out = col @ w.reshape(F, -1).T + b.reshape(-1)
    H2, W2 = (H + 2 * pad - H1) // stride + 1, (W + 2 * pad - W1) // stride + 1
    return out.reshape(N, H2, W2, F).transpose(0, 3, 1, 2), col


def convolve_back(dout, x, w, col, stride, pad):
    F, C, H1, W1 = w.shape
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    db = flat.sum(axis=0)
    dw = (flat.T @ col).reshape(w.shape)
    dx = col2im(flat @ w.reshape(F, -1), x.shape, H1, W1, stride, pad)
    return dx, dw, db


def batch_normalize(x, gamma, beta, eps):
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat + beta, xhat, mean, var


def batch_normalize_back(dout, gamma, xhat, var, eps):
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    N = len(dout)
    return gamma / np.sqrt(var + eps) * (dout - dbeta / N - xhat * dgamma / N), dgamma, dbeta
"""

# Deep Learning from Scratch: arrays to the constructor, gradients in .dW and .db.
SCRATCH = """
class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad
        self.dW = self.db = None

    def forward(self, x):
        self.x = x
        out, self.col = convolve(x, self.W, self.b, self.stride, self.pad)
        return out

    def backward(self, dout):
        dx, self.dW, self.db = convolve_back(dout, self.x, self.W, self.col, self.stride, self.pad)
        return dx
"""

# Sizes to the constructor, gradients in a dictionary, biases (F, 1).
SIZED = """
class Conv2d:
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=0, bias=True):
        k = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.stride, self.padding = stride, padding
        self.params = {"W": np.random.randn(out_channels, in_channels, *k), "b": np.zeros((out_channels, 1))}
        self.grads = {}

    def forward(self, inputs, training=True):
        self.x = inputs
        out, self.col = convolve(inputs, self.params["W"], self.params["b"], self.stride, self.padding)
        return out

    def backward(self, grad):
        dx, dw, db = convolve_back(grad, self.x, self.params["W"], self.col, self.stride, self.padding)
        self.grads["dW"], self.grads["db"] = dw, db[:, None]
        return dx
"""

# Everything spelt out, gradients returned.
SPELT = """
class ConvLayer(object):
    def __init__(self, n_filters, kernel_h, kernel_w, n_channels, stride, pad):
        self.weights = np.random.randn(n_filters, n_channels, kernel_h, kernel_w)
        self.bias = np.zeros(n_filters)
        self.s, self.p = stride, pad

    def forward_pass(self, X):
        self.X = X
        out, self.cols = convolve(X, self.weights, self.bias, self.s, self.p)
        return out

    def backward_pass(self, d_out):
        return convolve_back(d_out, self.X, self.weights, self.cols, self.s, self.p)
"""

# Stride and padding are attributes, set after construction; gradients add up in an array made by the constructor.
ADDING = """
class MyConvLayer:
    stride = 1

    def __init__(self, C, F, HH, WW):
        self.W = 0.1 * np.random.randn(F, C, HH, WW)
        self.b = np.zeros(F)
        self.grad_W, self.grad_b = np.zeros_like(self.W), np.zeros_like(self.b)
        self.stride, self.pad = 1, 0

    def __call__(self, x):
        self.x = x
        out, self.col = convolve(x, self.W, self.b, self.stride, self.pad)
        return out

    def backward(self, dout):
        dx, dw, db = convolve_back(dout, self.x, self.W, self.col, self.stride, self.pad)
        self.grad_W = self.grad_W + dw
        self.grad_b += db
        return dx
"""

# A holder of value and gradient for each parameter.
HELD = """
class Param:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)


class ConvolutionalLayer:
    def __init__(self, in_channels, out_channels, filter_size, padding=0, stride=1):
        self.W = Param(np.random.randn(out_channels, in_channels, filter_size, filter_size))
        self.B = Param(np.zeros(out_channels))
        self.padding, self.stride = padding, stride

    def forward(self, X):
        self.X = X
        out, self.col = convolve(X, self.W.value, self.B.value, self.stride, self.padding)
        return out

    def backward(self, d_out):
        dx, dw, db = convolve_back(d_out, self.X, self.W.value, self.col, self.stride, self.padding)
        self.W.grad += dw
        self.B.grad += db
        return dx
"""

# The weights are moved against their gradients by backward itself.
DESCENDING = """
class Convolution2D:
    def __init__(self, input_shape, kernel_size, depth, stride=1, padding=0):
        C, H, W = input_shape
        self.kernels = np.random.randn(depth, C, *kernel_size)
        self.biases = np.random.randn(depth)
        self.stride, self.padding = stride, padding

    def forward(self, input):
        self.input = input
        out, self.col = convolve(input, self.kernels, self.biases, self.stride, self.padding)
        return out

    def backward(self, output_gradient, learning_rate):
        dx, dk, db = convolve_back(output_gradient, self.input, self.kernels, self.col, self.stride, self.padding)
        self.kernels -= learning_rate * dk
        self.biases -= learning_rate * db
        return dx
"""

# Static methods in the convention of functions, as a course with tensors has them.
STATIC = """
class Conv(object):
    @staticmethod
    def forward(x, w, b, conv_param):
        out, col = convolve(x, w, b, conv_param["stride"], conv_param["pad"])
        return out, (x, w, col, conv_param)

    @staticmethod
    def backward(dout, cache):
        x, w, col, conv_param = cache
        return convolve_back(dout, x, w, col, conv_param["stride"], conv_param["pad"])
"""

# Nothing returned: results in .output, .dinputs, .dweights, .dbiases.
ATTRIBUTES = """
class ConvolutionLayer:
    def __init__(self, filters, kernel_size=(3, 3), input_channels=3, strides=(1, 1), padding="valid"):
        self.weights = np.zeros((filters, input_channels, *kernel_size))
        self.biases = np.zeros((1, filters))
        self.strides, self.padding = strides, padding
        self.pad = (kernel_size[0] - 1) // 2 if padding == "same" else 0

    def forward(self, inputs, training):
        self.inputs = inputs
        self.output, self.col = convolve(inputs, self.weights, self.biases, self.strides[0], self.pad)

    def backward(self, dvalues):
        self.dinputs, self.dweights, db = convolve_back(
            dvalues, self.inputs, self.weights, self.col, self.strides[0], self.pad
        )
        self.dbiases = db[None]
"""

CONVS = {
    "scratch": (SCRATCH, "Convolution"),
    "sized": (SIZED, "Conv2d"),
    "spelt": (SPELT, "ConvLayer"),
    "adding": (ADDING, "MyConvLayer"),
    "held": (HELD, "ConvolutionalLayer"),
    "descending": (DESCENDING, "Convolution2D"),
    "static": (STATIC, "Conv"),
    "attributes": (ATTRIBUTES, "ConvolutionLayer"),
}

POOL = """
class MaxPool2d:
    def __init__(self, pool_size=2, stride=None):
        self.k = pool_size if isinstance(pool_size, tuple) else (pool_size, pool_size)
        self.stride = stride or pool_size

    def forward(self, x):
        N, C, H, W = x.shape
        col = im2col(x.reshape(N * C, 1, H, W), *self.k, self.stride, 0)
        self.x, self.winner, self.col_shape = x, col.argmax(axis=1), col.shape
        H2, W2 = (H - self.k[0]) // self.stride + 1, (W - self.k[1]) // self.stride + 1
        return col.max(axis=1).reshape(N, C, H2, W2)

    def backward(self, dout):
        N, C, H, W = self.x.shape
        col = np.zeros(self.col_shape, dout.dtype)
        col[np.arange(len(col)), self.winner] = dout.reshape(-1)
        return col2im(col, (N * C, 1, H, W), *self.k, self.stride, 0).reshape(self.x.shape)


class Pooling:
    def __init__(self, pool_h, pool_w, stride=2, pad=0):
        self.inner = MaxPool2d((pool_h, pool_w), stride)

    def forward(self, x):
        return self.inner.forward(x)

    def backward(self, dout):
        return self.inner.backward(dout)
"""

RELU = """
class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx
"""

NORMS = '''
class BatchNormalization:
    """Deep Learning from Scratch: eps is a constant, training is a flag of forward."""

    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma, self.beta, self.momentum = gamma, beta, momentum
        self.running_mean, self.running_var = running_mean, running_var

    def forward(self, x, train_flg=True):
        self.train = train_flg
        if train_flg:
            out, self.xhat, mean, self.var = batch_normalize(x, self.gamma, self.beta, 1e-6)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * self.var
            return out
        self.var = self.running_var
        self.xhat = (x - self.running_mean) / np.sqrt(self.var + 1e-6)
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        dx, self.dgamma, self.dbeta = batch_normalize_back(dout, self.gamma, self.xhat, self.var, 1e-6)
        return dx if self.train else dout * self.gamma / np.sqrt(self.var + 1e-6)


class BatchNorm1d:
    """PyTorch's words: num_features, eps, momentum of the batch, train() and eval()."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.weight, self.bias = np.ones((1, num_features)), np.zeros((1, num_features))
        self.running_mean, self.running_var = np.zeros((1, num_features)), np.ones((1, num_features))

    def forward(self, x):
        self.x = x
        if self.training:
            out, self.xhat, mean, self.var = batch_normalize(x, self.weight, self.bias, self.eps)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * self.var
            return out
        self.var = self.running_var
        self.xhat = (x - self.running_mean) / np.sqrt(self.var + self.eps)
        return self.weight * self.xhat + self.bias

    def backward(self, dout):
        dx, dgamma, dbeta = batch_normalize_back(dout, self.weight, self.xhat, self.var, self.eps)
        self.weight_grad, self.bias_grad = dgamma[None], dbeta[None]
        return dx if self.training else dout * self.weight / np.sqrt(self.var + self.eps)


class BatchNorm2d:
    def __init__(self, channels, epsilon=1e-5, momentum=0.9):
        self.inner = BatchNorm1d(channels, epsilon, 1 - momentum)
        self.params = {"gamma": np.ones(channels), "beta": np.zeros(channels)}
        self.moving_mean, self.moving_var = np.zeros(channels), np.ones(channels)
        self.momentum = momentum

    def forward(self, x, is_training):
        N, C, H, W = x.shape
        self.inner.weight, self.inner.bias = self.params["gamma"], self.params["beta"]
        self.inner.running_mean, self.inner.running_var = self.moving_mean, self.moving_var
        self.inner.training = is_training
        out = self.inner.forward(x.transpose(0, 2, 3, 1).reshape(-1, C))
        self.moving_mean, self.moving_var = self.inner.running_mean, self.inner.running_var
        return out.reshape(N, H, W, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        N, C, H, W = dout.shape
        dx = self.inner.backward(dout.transpose(0, 2, 3, 1).reshape(-1, C))
        self.gradients = {"gamma": self.inner.weight_grad[0], "beta": self.inner.bias_grad[0]}
        return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
'''

"""Right code on tensors, of which the tests change a line to make it wrong."""

from convcheck.implementations.pytorch.discover import found_torch
from convcheck.layers.catalogue import LAYERS
from tests.implementations.running import module_of

EVERY = tuple(LAYERS)

FUNCTIONS = """
import torch
import torch.nn.functional as F
from torch.autograd import Function
from torch.nn.functional import conv2d as imported


class Conv2dFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None, stride=1, padding=0):
        ctx.save_for_backward(input, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(input, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        dx = torch.nn.grad.conv2d_input(x.shape, w, grad_output, ctx.stride, ctx.padding)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, grad_output, ctx.stride, ctx.padding)
        return dx, dw, grad_output.sum((0, 2, 3)), None, None


class Convolution(torch.autograd.Function):
    @staticmethod
    def forward(x, w, b, conv_param):
        return F.conv2d(x, w, b, conv_param["stride"], conv_param["pad"])

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, w, _, ctx.param = inputs
        ctx.save_for_backward(x, w)

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        S, P = ctx.param["stride"], ctx.param["pad"]
        dx = torch.nn.grad.conv2d_input(x.shape, w, dout, S, P)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, dout, S, P)
        return dx, dw, dout.sum(dim=(0, 2, 3)), None


class ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        grad = grad.clone()
        grad[x < 0] = 0
        return grad


def my_conv2d(x, w, b, stride, pad):
    return F.conv2d(x, w, b, stride=stride, padding=pad)


def max_pool2d(x, kernel_size, stride):
    return F.max_pool2d(x, kernel_size, stride)


def numpy_like(x):
    return x
"""

MODULES = """
import torch
from torch import nn


class Conv2d(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=bias)

    def forward(self, x):
        return self.conv(x)


class ConvLayer(nn.Module):
    def __init__(self, C, F, HH, WW):
        super().__init__()
        self.W = nn.Parameter(torch.randn(F, C, HH, WW))
        self.b = nn.Parameter(torch.zeros(F, 1, 1))
        self.stride, self.pad = 1, 0

    def forward(self, x):
        return nn.functional.conv2d(x, self.W, None, self.stride, self.pad) + self.b


class Convolution(nn.Module):
    def __init__(self, weight, bias, stride, padding):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.stride, self.padding = stride, padding

    def forward(self, x):
        return nn.functional.conv2d(x, self.weight, self.bias, self.stride, self.padding)


class MaxPool2d(nn.Module):
    def __init__(self, kernel_size, stride):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, x):
        return nn.functional.max_pool2d(x, self.kernel_size, self.stride)


class BatchNorm1d(nn.BatchNorm1d):
    pass


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.inner = nn.BatchNorm2d(num_features, eps=eps, momentum=momentum)

    def forward(self, x):
        return self.inner(x)


class BatchNormalization(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(1, num_features)), nn.Parameter(torch.zeros(1, num_features))

    def forward(self, x):
        mean, var = x.mean(0), x.var(0, unbiased=False)
        return self.gamma * (x - mean) / torch.sqrt(var + 1e-3) + self.beta
"""


def only(text, folder, name):
    module = module_of(text, folder)
    return module, next(f for f in found_torch(module, EVERY) if f.names == (name,))

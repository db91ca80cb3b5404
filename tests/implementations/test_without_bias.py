"""Code without an input that its layer can do without is checked without the gradient of that: a convolution, bias.

Covers checking/run_source.py and layers/without.py as well.
"""

import importlib.util

import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.spec.check import Check
from tests.implementations.files import found, sizes_of, write
from tests.implementations.running import told, wrong_tensors

MATHS = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
def run(x, w, stride, pad):
    p = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = sliding_window_view(p, w.shape[2:], (2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,fcij->nfhw", cols, w)
def back(dout, x, w, stride, pad):
    p = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dp, dw = np.zeros_like(p), np.zeros_like(w)
    HH, WW = w.shape[2:]
    for i, j in np.ndindex(dout.shape[2:]):
        at = np.s_[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
        dp[at] += np.tensordot(dout[:, :, i, j], w, 1)
        dw += np.tensordot(dout[:, :, i, j], p[at], (0, 0))
    return dp[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw * 1
"""
FUNCTIONS = """
def conv_forward(x, w, conv_param):
    return run(x, w, conv_param["stride"], conv_param["pad"]), (x, w, conv_param["stride"], conv_param["pad"])
def conv_backward(dout, cache):
    return back(dout, *cache)
"""
KEYWORDS = """
def conv_forward(x, w, stride=1, pad=0):
    return run(x, w, stride, pad)
def conv_backward(dout, x, w, stride=1, pad=0):
    return back(dout, x, w, stride, pad)
"""
CLASS = """
class Conv2d:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.w = np.zeros((out_channels, in_channels, *kernel_size))
        self.stride, self.padding = stride, padding
    def forward(self, x):
        self.x = x
        return run(x, self.w, self.stride, self.padding)
    def backward(self, dout):
        dx, self.dw = back(dout, self.x, self.w, self.stride, self.padding)
        return dx
"""
ADAPTER = """
layer = "conv"
def forward(x, w, stride, pad):
    return run(x, w, stride, pad), (x, w, stride, pad)
def backward(dout, cache):
    return back(dout, *cache)
"""
MODULE = """
import torch
class Conv2d(torch.nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=BIAS):
        super().__init__()
        self.inner = torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias=GIVEN)
    def forward(self, x):
        return self.inner(x) * 1
"""
FUNCTION = """
import torch
class ConvFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, stride, padding):
        ctx.save_for_backward(x, w)
        ctx.how = stride, padding
        return torch.nn.functional.conv2d(x, w, None, stride, padding)
    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = torch.nn.grad.conv2d_input(x.shape, w, dout, *ctx.how)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, dout, *ctx.how) * 1
        return dx, dw, None, None
"""
TORCH = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
WITHOUT = [
    pytest.param(MATHS + FUNCTIONS, id="functions"),
    pytest.param(MATHS + KEYWORDS, id="keywords"),
    pytest.param(MATHS + CLASS, id="class"),
    pytest.param(MATHS + ADAPTER, id="adapter"),
    pytest.param(FUNCTION, id="autograd", marks=TORCH),
]
MODULES = [
    pytest.param("False", "False", ["forward", "dx", "dw"], marks=TORCH),
    # Where it has one if it is asked for one, it is.
    pytest.param("False", "bias", ["forward", "dx", "dw", "db"], marks=TORCH),
    pytest.param("True", "bias", ["forward", "dx", "dw", "db"], marks=TORCH),
]


def run(source):
    (one,) = found(source)
    return run_source(Check(one.layer, one.layer, sizes_of(one.layer)), source, one)


@pytest.mark.parametrize("text", WITHOUT)
def test_it_is_checked_without_that_gradient_and_the_report_says_so(tmp_path, text):
    result = run(write(tmp_path, text, "right.py"))
    assert result.status == "pass", told(result)
    assert [tensor.name for tensor in result.tensors] == ["forward", "dx", "dw"]
    assert [f.message for f in result.findings if f.code == "no-input"] == ["the code has no b: checked without db"]
    wrong = run(write(tmp_path, text.replace("* 1\n", "* 2\n")))
    assert (wrong.status, wrong_tensors(wrong)) == ("fail", {"dw"})


@pytest.mark.parametrize(("default", "given", "tensors"), MODULES)
def test_a_module_has_a_bias_where_it_can(tmp_path, default, given, tensors):
    text = MODULE.replace("BIAS", default).replace("GIVEN", given)
    result = run(write(tmp_path, text, "right.py"))
    assert (result.status, [tensor.name for tensor in result.tensors]) == ("pass", tensors), told(result)
    wrong = run(write(tmp_path, text.replace("* 1\n", "* 2\n")))
    assert wrong.status == "fail"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            MATHS + CLASS.replace("*kernel_size))", "*kernel_size))\n        self.t = np.zeros(out_channels)"),
            "it is not known whether .t is b",
        ),
        pytest.param(
            MODULE.replace("BIAS", "True").replace("bias=GIVEN", "bias=False")
            .replace("self.inner(x)", "self.inner(x) + self.t")
            .replace("        self.inner", "        self.t = torch.nn.Parameter(torch.zeros(1))\n        self.inner"),
            "looked for one parameter for b",
            marks=TORCH,
        ),
    ],
)  # fmt: skip
def test_an_array_that_may_be_a_bias_by_another_name_is_not_left_unchecked(tmp_path, text, said):
    with pytest.raises(CannotOpen, match=said):
        run(write(tmp_path, text))

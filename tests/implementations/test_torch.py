"""PyTorch: what autograd runs is what is checked, in the dtype asked for."""

import subprocess
import sys

import numpy as np
import pytest

from convcheck.implementations.classes.discover import bind as bind_class
from convcheck.implementations.classes.discover import found_classes
from convcheck.implementations.pytorch.discover import bind as bind_torch
from convcheck.implementations.pytorch.discover import found_thing, found_torch, is_torch
from convcheck.implementations.source import CannotOpen, NotWritten
from convcheck.layers.catalogue import LAYERS
from convcheck.layers.draws import Draws
from tests.implementations.running import module_of, run_with, sizes_of, told, wrong_tensors

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
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


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["Conv2dFunction", "Convolution", "ReLU", "my_conv2d", "max_pool2d"])
def test_right_functions_pass(name, dtype, tmp_path):
    result = run_with(bind_torch, *only(FUNCTIONS, tmp_path, name), manner={"dtype": dtype})
    assert result.status == "pass", told(result)


@pytest.mark.parametrize("changed", [{"H1": 2, "W1": 3, "stride": 1, "pad": 0}, {"stride": 3, "pad": 2}], ids=str)
@pytest.mark.parametrize("name", ["Conv2dFunction", "Convolution", "my_conv2d"])
def test_hostile_shapes(name, changed, tmp_path):
    result = run_with(bind_torch, *only(FUNCTIONS, tmp_path, name), **changed)
    assert result.status == "pass", told(result)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["Conv2d", "ConvLayer", "Convolution", "MaxPool2d", "BatchNorm1d", "BatchNorm2d"])
def test_right_modules_pass(name, dtype, tmp_path):
    module, found = only(MODULES, tmp_path, name)
    result = run_with(bind_torch, module, found, manner={"dtype": dtype})
    assert result.status == "pass", told(result)
    if "Norm" in name:
        for changed in ({"mode": "test"}, {"eps": 0.5}, {"momentum": 0.6}):
            result = run_with(bind_torch, module, found, manner={"dtype": dtype}, **changed)
            assert result.status == "pass", (changed, told(result))
    elif "Conv" in name:
        assert run_with(bind_torch, module, found, manner={"dtype": dtype}, H1=2).status == "pass"


def test_an_eps_that_is_built_in_is_measured(tmp_path):
    module, found = only(MODULES, tmp_path, "BatchNormalization")
    result = run_with(bind_torch, module, found, eps=1e-3)
    assert result.status == "pass", told(result)
    assert "adds 0.001 to the variance" in run_with(bind_torch, module, found).findings[-1].message


@pytest.mark.parametrize(
    ("name", "old", "new", "wrong"),
    [
        ("Conv2dFunction", "grad_output.sum((0, 2, 3))", "grad_output.sum((0, 2, 3)) / 2", {"db"}),
        (
            "Conv2dFunction",
            "return F.conv2d(input, weight, bias, stride",
            "return F.conv2d(input, weight, bias, 1",
            None,
        ),
        ("Convolution", "dw = torch", "dw = 1.001 * torch", {"dw"}),
        ("Convolution", "dout.sum(dim=(0, 2, 3)), None", "None, None", {"db"}),
        ("ReLU", "x < 0", "x < -1", {"dx"}),
    ],
)
def test_bugs_are_found(name, old, new, wrong, tmp_path):
    assert old in FUNCTIONS
    result = run_with(bind_torch, *only(FUNCTIONS.replace(old, new), tmp_path, name))
    assert result.status != "pass"
    if wrong is not None:
        assert wrong_tensors(result) == wrong, told(result)


def test_a_forward_that_autograd_follows_but_that_is_not_the_layer_is_wrong(tmp_path):
    text = FUNCTIONS.replace("F.conv2d(x, w, b, stride=stride, padding=pad)", "F.conv2d(x, w.flip(2), b, stride, pad)")
    result = run_with(bind_torch, *only(text, tmp_path, "my_conv2d"))
    assert "forward-wrong" in {f.code for f in result.findings}


def test_writing_into_an_input_is_said(tmp_path):
    for line in ("x.mul_(1)", "x.data.mul_(0.5)"):
        text = FUNCTIONS.replace(
            "    return F.conv2d(x, w, b, stride=", f"    {line}\n    return F.conv2d(x, w, b, stride="
        )
        result = run_with(bind_torch, *only(text, tmp_path, "my_conv2d"))
        assert {"raised", "input-overwritten"} & {f.code for f in result.findings}, told(result)


def test_what_is_found(tmp_path):
    found = found_torch(module_of(FUNCTIONS, tmp_path), EVERY)
    assert [(f.layer, f.names[0]) for f in found] == [
        ("conv", "Conv2dFunction"),
        ("conv", "Convolution"),
        ("relu", "ReLU"),
        ("conv", "my_conv2d"),
        ("max_pool", "max_pool2d"),
    ]
    assert found[0].how == "Conv2dFunction.apply(input, weight, bias, stride, padding), torch.autograd.grad"
    assert found[1].how == "Convolution.apply(x, w, b, conv_param), torch.autograd.grad"
    modules = found_torch(module_of(MODULES, tmp_path), ("conv",))
    assert [f.names[0] for f in modules] == ["Conv2d", "ConvLayer", "Convolution"]
    assert modules[0].how.startswith("Conv2d(in_channels, out_channels, kernel_size, stride, padding, bias)(x)")


def test_a_thing_by_any_name_is_found_where_it_is_named(tmp_path):
    module = module_of(FUNCTIONS.replace("def my_conv2d", "def slide"), tmp_path)
    found = found_thing(module.slide, "conv")
    assert run_with(bind_torch, module, found).status == "pass"


def test_what_is_torch(tmp_path):
    functions, modules = module_of(FUNCTIONS, tmp_path), module_of(MODULES, tmp_path)
    assert is_torch(functions.ReLU)
    assert is_torch(functions.my_conv2d)
    assert is_torch(modules.Conv2d)
    assert not is_torch(functions.numpy_like)
    assert not is_torch(np.sum)
    assert not is_torch(LAYERS["conv"].variants["naive"].forward)


def test_torch_is_not_imported_to_find_that_out():
    code = "import sys, convcheck.implementations.pytorch.discover as t; t.is_torch(len); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("self.W = nn.Parameter(torch.randn(F, C,", "self.W = nn.Parameter(torch.randn(C, F,", "is not guessed"),
        ("self.b = nn", "self.q = nn", "looked for one parameter for b"),
        ("C, F, HH, WW)", "C, F, HH, WW, depthwise)", "it is not known what 'depthwise' is"),
    ],
)
def test_what_cannot_be_guessed(old, new, message, tmp_path):
    text = MODULES.replace(old, new, 1)
    with pytest.raises(CannotOpen, match=message):
        run_with(bind_torch, *only(text, tmp_path, "ConvLayer"))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("x, weight", "takes 2 inputs, and conv has x, w, b"),
        ("x, place, weight, bias", "it is not known what 'place' is"),
    ],
)
def test_a_function_that_has_not_the_layers_inputs_in_their_places(parameters, message, tmp_path):
    text = f"""
import torch

class Conv2dFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, {parameters}):
        return x * weight.sum()

    @staticmethod
    def backward(ctx, dout):
        return dout, dout
"""
    with pytest.raises(CannotOpen, match=message):
        run_with(bind_torch, *only(text, tmp_path, "Conv2dFunction"))


def test_a_function_with_its_inputs_in_other_places_is_given_them_by_name(tmp_path):
    text = """
import torch

class BatchNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, r_mean, r_var, gamma, beta, train, eps):
        mean, var = (x.mean(0), x.var(0, correction=0)) if train else (r_mean, r_var)
        std = torch.sqrt(var + eps)
        ctx.save_for_backward((x - mean) / std, std, gamma)
        ctx.train = train
        return (x - mean) / std * gamma + beta

    @staticmethod
    def backward(ctx, dout):
        hat, std, gamma = ctx.saved_tensors
        d = dout * gamma
        dx = (d - d.mean(0) - hat * (d * hat).mean(0)) / std if ctx.train else d / std
        return dx, None, None, (dout * hat).sum(0), dout.sum(0), None, None
"""
    for mode in ("train", "test"):
        result = run_with(bind_torch, *only(text, tmp_path, "BatchNormFunction"), mode=mode)
        assert {t.name for t in result.tensors if t.verdict in ("exact", "within bound", "within_bound")} == {
            "forward", "dx", "dgamma", "dbeta"}, told(result)  # fmt: skip


def test_a_backward_that_is_not_written(tmp_path):
    text = FUNCTIONS.replace("        (x,) = ctx.saved_tensors\n", "        raise NotImplementedError\n")
    pair = bind_torch(*only(text, tmp_path, "ReLU"), LAYERS["relu"], sizes_of("relu"))(None)
    out, cache = pair.forward(np.ones((2, 2)))
    with pytest.raises(NotWritten) as caught:
        pair.backward(out, cache)
    assert caught.value.what == "backward"


def test_the_statistics_of_a_module_are_its_state(tmp_path, rng):
    module, found = only(MODULES, tmp_path, "BatchNorm1d")
    layer, sizes = LAYERS["batchnorm"], sizes_of("batchnorm", momentum=0.7)
    params = layer.params(sizes, Draws("any"), np.dtype(np.float64))
    x = rng.standard_normal((5, 4))
    pair = bind_torch(module, found, layer, sizes)(params)
    pair.forward(x, np.ones(4), np.ones(4))
    expected = 0.7 * params["running_mean"] + 0.3 * x.mean(axis=0)
    np.testing.assert_allclose(pair.state()["running_mean"], expected)


STATIC = """
import torch


class Conv(object):
    @staticmethod
    def forward(x, w, b, conv_param):
        S, P = conv_param["stride"], conv_param["pad"]
        H1, W1 = w.shape[2:]
        xp = torch.nn.functional.pad(x, (P, P, P, P))
        windows = xp.unfold(2, H1, S).unfold(3, W1, S)
        out = torch.einsum("nchwij,fcij->nfhw", windows, w) + b[:, None, None]
        return out, (x, w, b, conv_param)

    @staticmethod
    def backward(dout, cache):
        x, w, b, conv_param = cache
        S, P = conv_param["stride"], conv_param["pad"]
        dx = torch.nn.grad.conv2d_input(x.shape, w, dout, S, P)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, dout, S, P)
        return dx, dw, dout.sum(dim=(0, 2, 3))
"""


def test_a_class_that_differentiates_by_hand_on_tensors(tmp_path):
    module = module_of(STATIC, tmp_path)
    (found,) = found_classes(module, EVERY)
    assert not found_torch(module, EVERY)
    for manner in ({}, {"dtype": "float32"}):
        result = run_with(bind_class, module, found, manner=manner)
        assert result.status == "pass", told(result)
    wrong = module_of(STATIC.replace("dout.sum(dim=(0, 2, 3))", "dout.sum(dim=(0, 2, 3)) / len(dout)"), tmp_path)
    assert wrong_tensors(run_with(bind_class, wrong, found)) == {"db"}


LAZY = """
import torch
from torch import nn


class BatchNorm2d(nn.Module):
    def __init__(self, eps=1e-5):
        super().__init__()
        self.gamma = self.beta = None
        self.eps = eps

    def forward(self, x):
        if self.gamma is None:
            self.gamma = nn.Parameter(torch.ones(1, x.shape[1], 1, 1))
            self.beta = nn.Parameter(torch.zeros(1, x.shape[1], 1, 1))
        var, mean = torch.var_mean(x, (0, 2, 3), unbiased=False, keepdim=True)
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
"""


def test_a_module_may_make_its_parameters_at_its_first_call(tmp_path):
    module = module_of(LAZY, tmp_path)
    (found,) = found_torch(module, EVERY)
    result = run_with(bind_torch, module, found)
    assert result.status == "pass", told(result)

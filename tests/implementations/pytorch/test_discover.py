"""What of PyTorch a module holds, and that PyTorch is not imported to find that out."""

import subprocess
import sys

import numpy as np
import pytest

from convcheck.implementations.open import survey
from convcheck.implementations.pytorch.discover import bind as bind_torch
from convcheck.implementations.pytorch.discover import found_thing, found_torch
from convcheck.implementations.tensors import is_torch
from convcheck.layers.catalogue import LAYERS
from tests.implementations.files import write
from tests.implementations.pytorch.code import EVERY, FUNCTIONS, MODULES
from tests.implementations.running import module_of, run_with

pytest.importorskip("torch")
pytestmark = pytest.mark.torch


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
    code = "import sys, convcheck.implementations.tensors as t; t.is_torch(len); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_function_of_autograd_is_named_and_a_module_that_autograd_differentiates_is_not(tmp_path):
    text = """
import torch
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * x
    @staticmethod
    def backward(ctx, dout): return dout
class Net(torch.nn.Module):
    def forward(self, x): return x
class Conv2d(torch.nn.Conv2d):
    pass
"""
    source = write(tmp_path, text)
    assert [one.text() for one in survey(source).not_checked] == ["Square (line 3): no layer is called Square"]

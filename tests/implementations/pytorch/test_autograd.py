"""PyTorch: what autograd runs is what is checked, in the dtype asked for."""

import numpy as np
import pytest

from convcheck.implementations.errors.declined import NotWritten
from convcheck.implementations.pytorch.discover import bind as bind_torch
from convcheck.layers.catalogue import LAYERS
from tests.implementations.pytorch.code import FUNCTIONS, only
from tests.implementations.running import run_with, sizes_of, told, wrong_tensors

pytest.importorskip("torch")
pytestmark = pytest.mark.torch


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


def test_a_backward_that_is_not_written(tmp_path):
    text = FUNCTIONS.replace("        (x,) = ctx.saved_tensors\n", "        raise NotImplementedError\n")
    pair = bind_torch(*only(text, tmp_path, "ReLU"), LAYERS["relu"], sizes_of("relu"))(None)
    out, cache = pair.forward(np.ones((2, 2)))
    with pytest.raises(NotWritten) as caught:
        pair.backward(out, cache)
    assert caught.value.what == "backward"


FORGOTTEN = """
import torch
class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)
    @staticmethod
    def backward(ctx, dout):
        (x,) = ctx.saved_tensors
        return dout * (x > 0)
class MyRelu(torch.nn.Module):
    def forward(self, x):
        return Relu.apply(x)
def relu_layer(x):
    return torch.clamp(x, min=0)
"""


@pytest.mark.parametrize(
    ("name", "line"),
    [("Relu", "x.clamp(min=0)"), ("MyRelu", "Relu.apply(x)"), ("relu_layer", "torch.clamp(x, min=0)")],
)
def test_a_forgotten_return_is_no_pass(tmp_path, name, line):
    assert run_with(bind_torch, *only(FORGOTTEN, tmp_path, name)).status == "pass"
    text = FORGOTTEN.replace(f"return {line}", f"out = {line}")
    result = run_with(bind_torch, *only(text, tmp_path, name))
    assert result.status == "error", told(result)
    backward = FORGOTTEN.replace("return dout * (x > 0)", "dx = dout * (x > 0)")
    result = run_with(bind_torch, *only(backward, tmp_path, name))
    assert result.status == ("pass" if name == "relu_layer" else "fail"), told(result)

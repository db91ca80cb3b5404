"""Code for images whose channels are last is told by what it gives, or by its text, and asked for an adapter."""

import importlib.util

import pytest

from convcheck.checking.run_source import run_source
from convcheck.implementations.errors.declined import CannotOpen
from convcheck.spec.check import Check
from tests.implementations.files import found, problem, sizes_of, write

# Nothing in it says what the axes are called.
POOL = """
import numpy as np
def run(x, k, s):
    rows, columns = (x.shape[1] - k) // s + 1, (x.shape[2] - k) // s + 1
    out = np.zeros((len(x), rows, columns, x.shape[3]), x.dtype)
    for i, j in np.ndindex(rows, columns):
        out[:, i, j, :] = x[:, i * s : i * s + k, j * s : j * s + k, :].max((1, 2))
    return out
"""
FUNCTIONS = """
def max_pool_forward(x, pool_param):
    return run(x, pool_param["pool_height"], pool_param["stride"]), x
def max_pool_backward(dout, cache):
    return cache
"""
CLASS = """
class MaxPool:
    def __init__(self, size, stride):
        self.size, self.stride = size, stride
    def forward(self, x):
        return run(x, self.size, self.stride)
    def backward(self, dout):
        return dout
"""
TORCH = """
import torch
class MaxPool(torch.nn.Module):
    def __init__(self, size, stride):
        super().__init__()
        self.size, self.stride = size, stride
    def forward(self, x):
        moved = torch.movedim(x, 3, 1)
        return torch.movedim(torch.nn.functional.max_pool2d(moved, self.size, self.stride), 1, 3)
"""
CONV = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
def conv_forward(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    cols = sliding_window_view(x, w.shape[:2], (1, 2))[:, ::s, ::s]
    return np.einsum("nhwcij,ijcf->nhwf", cols, w) + b, x
def conv_backward(dout, cache):
    return dout, dout, dout
"""
NO_TORCH = importlib.util.find_spec("torch") is None


def run(source):
    (one,) = found(source)
    return run_source(Check(one.layer, one.layer, sizes_of(one.layer)), source, one)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (POOL + FUNCTIONS, "max_pool_forward"),
        (POOL + CLASS, "MaxPool"),
        pytest.param(TORCH, "MaxPool", marks=pytest.mark.skipif(NO_TORCH, reason="PyTorch is not installed")),
        (CONV, "conv_forward"),
        (CONV.replace("ijcf", "fijc").replace("w.shape[:2]", "w.shape[1:3]"), "conv_forward"),
    ],
)
def test_what_it_gives_tells_and_an_adapter_is_asked_for(tmp_path, text, name):
    with pytest.raises(CannotOpen) as caught:
        run(write(tmp_path, text))
    assert str(caught.value) == (
        f"{name} takes images as (N, H, W, C): what it gives for such images is right; they are (N, C, H, W) here: "
        "write an adapter: convcheck init --impl FILE.py"
    )


def test_what_is_wrong_in_either_order_is_wrong(tmp_path):
    result = run(write(tmp_path, POOL.replace(".max((1, 2))", ".min((1, 2))") + FUNCTIONS))
    assert "wrong-shape" in {finding.code for finding in result.findings}
    result = run(write(tmp_path, POOL.replace("// s + 1,", "// q + 1,") + FUNCTIONS))
    assert "raised" in {finding.code for finding in result.findings}


def test_a_class_whose_text_tells_is_named_once_and_not_at_every_check(tmp_path):
    text = POOL + CLASS.replace("return run", "n, h, w, c = x.shape\n        return run")
    said = problem(write(tmp_path, text))
    assert "MaxPool (line 10): forward takes images as (N, H, W, C): line 14 calls the axes of x n, h, w, c; " in said
